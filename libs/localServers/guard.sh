#!/bin/sh
# Ends servers whose starter has died, however it died (kill -9 too): the starter holds the other end of this
# script's standard input, and the system closes it with the starter.
#
# usage: guard.sh [temporary folder]
# input: a line after each change: the ids of the processes that run now, separated by spaces (or an empty line)
# With a temporary folder the data is not wanted: processes are killed at once, then the folder is removed.
# Without, they get TERM and 10 seconds to write their data, then KILL.
trap '' HUP INT TERM

pids=''
while read -r line; do pids=$line; done

if [ -n "$1" ]; then
  [ -n "$pids" ] && kill -KILL $pids 2>/dev/null && sleep 0.2
  rm -rf -- "$1"
elif [ -n "$pids" ]; then
  kill -TERM $pids 2>/dev/null
  tries=0
  while kill -0 $pids 2>/dev/null && [ $tries -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -KILL $pids 2>/dev/null
fi
exit 0
