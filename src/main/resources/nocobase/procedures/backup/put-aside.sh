# To be sourced after places.sh and list_mounts: moving folders of which parts may be mounted. What is a mount stays; its content
# goes. What is mounted read-only no node has changed: it stays as it is.

# Arguments: access, path.
mounted_as() {
  grep -qxF -e "$1 $2" /tmp/mounts
}

# Arguments: from, to. Goes on where an earlier attempt was cut off. To be called plainly, so that a failure ends the script.
put_aside() {
  if mounted_as ro "$1"; then
    return 0
  fi
  if [ -L "$1" ] || [ ! -d "$1" ]; then
    if mounted_as rw "$1"; then
      cp -p "$1" "$2"
    elif mounted_as rw "$2"; then
      rm -f "$1"
    else
      mv -f "$1" "$2"
    fi
    return 0
  fi
  if [ -d "$2" ] || holds "$1" /tmp/mounts; then
    mkdir -p "$2"
    for child in "$1"/* "$1"/.[!.]* "$1"/..?*; do
      if [ -e "$child" ] || [ -L "$child" ]; then
        put_aside "$child" "$2/${child##*/}"
      fi
    done
    holds "$1" /tmp/mounts || rmdir "$1"
  else
    mv "$1" "$2"
  fi
}

# Says what is in the place still, mounts and the way to them left aside. Argument: path.
left_in() {
  if [ ! -e "$1" ] && [ ! -L "$1" ] || mounted_as ro "$1"; then
    return 0
  fi
  if ! holds "$1" /tmp/mounts; then
    printf '%s\n' "$1"
  elif [ -d "$1" ]; then
    for child in "$1"/* "$1"/.[!.]* "$1"/..?*; do
      left_in "$child"
    done
  fi
}
