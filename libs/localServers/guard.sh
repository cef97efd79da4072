#!/bin/sh
# Ends processes whose starter has died, however it died (kill -9 too): the starter holds the other end of this
# script's standard input, and the system closes it with the starter.
#
# usage: guard.sh [temporary folder]
# input: after each change a line with the ids of the processes that run now, separated by spaces (or an empty line);
#        "lock <path>": remove this file at the very end; "keep": the temporary folder shall stay
# With a temporary folder the data is not wanted: processes are killed at once, then the folder is removed.
# Without, they get TERM and 10 seconds to write their data, then KILL. The lock file goes last.
trap '' HUP INT TERM

folder=$1
lock=''
pids=''
while read -r line; do
  case $line in
    keep) folder='' ;;
    lock\ *) lock=${line#lock } ;;
    *) pids=$line ;;
  esac
done

if [ -n "$folder" ]; then
  [ -n "$pids" ] && kill -KILL $pids 2>/dev/null && sleep 0.2
  rm -rf -- "$folder"
elif [ -n "$pids" ]; then
  kill -TERM $pids 2>/dev/null
  tries=0
  while kill -0 $pids 2>/dev/null && [ $tries -lt 100 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -KILL $pids 2>/dev/null
fi
[ -n "$lock" ] && rm -f -- "$lock"
exit 0
