#!/bin/sh
# Installs Debian or Ubuntu packages whose services are neither started now nor at the next boot.
# usage (as root): install-apt.sh <package>...
set -e
export DEBIAN_FRONTEND=noninteractive

# Debian's own switch for "start no service while installing"; another's switch stays as it is.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi

wait='-o DPkg::Lock::Timeout=120'
apt-get update -qq $wait || true
apt-get install -y -qq $wait --no-install-recommends "$@" >/dev/null

case " $* " in
  *' redis-server '*)
    systemctl disable --quiet redis-server.service 2>/dev/null ||
      deb-systemd-helper disable redis-server.service >/dev/null 2>&1 || true
    ;;
esac
