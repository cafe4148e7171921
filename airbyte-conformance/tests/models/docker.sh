#!/bin/sh
# Replaces `docker` in the tests of images: runs the model connector with the arguments of a container, and creates a file when
# a container is removed.

if [ "$1" = rm ]; then
    : >"${TMPDIR:-/tmp}/$3.removed"
    exit
fi
[ "$1" = run ] || exit 125
shift
while :; do
    case $1 in
    --rm) shift ;;
    --network | --name) shift 2 ;;
    --env) export "$2" && shift 2 ;;
    --workdir) cd "$2" && shift 2 ;;
    --volume)
        # The folder must have the same path in the container, and be readable by any user.
        [ "${2%%:*}" = "${2#*:}" ] || exit 125
        [ -z "$(find "${2#*:}" -maxdepth 1 ! -perm -o=r)" ] || exit 125
        shift 2
        ;;
    *) break ;;
    esac
done
image=$1
shift
case $image in
model) exec sh "$@" ;;
hangs) exec sleep 600 ;;
esac
echo "docker: there is no image $image" >&2
exit 125
