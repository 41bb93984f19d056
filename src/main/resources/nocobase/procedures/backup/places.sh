# To be sourced: where the content of the storage's folders really is. tar stores a link, not what it leads to: an archive of
# links holds nothing. What links lead to is followed where the nodes mount it; anything else is named and refused.

# Lines "access path" of what this job has from the nodes; what each container has is left out.
list_mounts() {
  while read -r _ _ _ _ point options _; do
    case $point in
      *\\*) point=$(printf '%b' "$(printf '%s' "$point" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')") ;;
    esac
    case $point in
      / | /proc | /proc/* | /sys | /sys/* | /dev | /dev/* | /run | /etc/resolv.conf | /etc/hostname | /etc/hosts) ;;
      /restore-points | /other-restore-points | /var/lib/postgresql | /var/lib/postgresql/*) ;;
      *) echo "${options%%,*} $point" ;;
    esac
  done < /proc/self/mountinfo
}

# Whether the path is in one of the files' lines' paths. Arguments: path, file of lines "word path".
within() {
  while IFS= read -r line; do
    case $1 in
      "${line#* }" | "${line#* }"/*) return 0 ;;
    esac
  done < "$2"
  return 1
}

# Whether one of the lines' paths is the path or below it.
holds() {
  while IFS= read -r line; do
    case ${line#* } in
      "$1" | "$1"/*) return 0 ;;
    esac
  done < "$2"
  return 1
}

# Where a link leads, of which not even the way there exists.
nowhere() {
  led_to=$(readlink "$1")
  case $led_to in
    /*) ;;
    *) led_to=${1%/*}/$led_to ;;
  esac
  printf '%s' "$led_to" | awk 'BEGIN { RS = "/" } $0 == ".." { if (n) n--; next } $0 != "" && $0 != "." { part[++n] = $0 }
    END { for (i = 1; i <= n; i++) printf "/%s", part[i] }'
}

# Arguments: folder, link in it.
follow() {
  led_to=$(readlink -f "$2") && [ -n "$led_to" ] || led_to=$(nowhere "$2")
  if within "$led_to" /tmp/places; then return; fi
  case $led_to in
    /dev/* | /proc/* | /sys/*) return ;;
    "$storage/uploads" | "$storage/uploads"/*) return ;; # an archive of their own
  esac
  if [ "$(printf '%s' "$led_to" | wc -l)" != 0 ] || ! within "$led_to" /tmp/mounts; then
    printf 'unfollowed linkNotMounted\t%s\t%s\n' "$2" "$led_to" >> /tmp/unfollowed
  elif holds "$led_to" /tmp/places || holds "$led_to" /tmp/storage; then
    printf 'unfollowed linkHoldsMore\t%s\t%s\n' "$2" "$led_to" >> /tmp/unfollowed
  elif [ -e "$led_to" ]; then
    echo "$1 $led_to" >> /tmp/places
  fi
}

# Most links stay where they are: all are looked at in one go, and one by one only where some do not.
links_lead_out() {
  find "$1" -type l -exec realpath {} + > /tmp/led 2> /tmp/astray
  [ ! -s /tmp/astray ] || return 0
  while IFS= read -r led; do
    within "$led" /tmp/places || return 0
  done < /tmp/led
  return 1
}

# Arguments: storage, folders. Writes /tmp/places, lines "folder path" of what an archive of them must hold ("folder -" of a
# folder that is not there), and /tmp/unfollowed, of which there should be nothing.
find_places() {
  storage=$1
  export storage
  shift
  list_mounts > /tmp/mounts
  echo "storage $storage" > /tmp/storage
  : > /tmp/places
  : > /tmp/unfollowed
  for folder do
    if [ -L "$storage/$folder" ]; then
      continue
    elif [ -e "$storage/$folder" ]; then
      echo "$folder $storage/$folder" >> /tmp/places
    else
      echo "$folder -" >> /tmp/places
    fi
  done
  for folder do
    if [ -L "$storage/$folder" ]; then
      echo "$folder -" >> /tmp/places
      follow "$folder" "$storage/$folder"
    fi
  done
  looked=0
  while [ "$looked" -lt "$(wc -l < /tmp/places)" ]; do
    looked=$((looked + 1))
    place=$(sed -n "${looked}p" /tmp/places)
    folder=${place%% *}
    place=${place#* }
    if [ "$place" != - ] && links_lead_out "$place"; then
      find "$place" -type l -exec sh -c '. /procedures/places.sh; for link do follow "$0" "$link"; done' "$folder" {} +
    fi
  done
}


# Fails where find_places could not follow all.
require_followed() {
  if [ -s /tmp/unfollowed ]; then
    cat /tmp/unfollowed >&2
    printf 'FAILED: %s\n' "$(sed -n '1s/^unfollowed //p' /tmp/unfollowed)" >&2
    exit 4
  fi
}

# What tar is to store, from the root, a line each: the places, and the folders that are links. Arguments: folders.
members() {
  echo tmp/procedures-places
  for folder do
    if [ -L "$storage/$folder" ]; then echo "${storage#/}/$folder"; fi
  done
  sed -n 's,^[^ ]* /,,p' /tmp/places
}

# Stores all that belongs to the folders. Arguments: archive, folders. To be called after find_places.
archive() {
  archive=$1
  shift
  members "$@" > /tmp/members
  cp /tmp/places /tmp/procedures-places
  set --
  while IFS= read -r member; do set -- "$@" "$member"; done < /tmp/members
  tar --numeric-owner -cf "$archive" -C / -- "$@"
}
