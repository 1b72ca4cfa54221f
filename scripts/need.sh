#!/bin/sh
# Checks that the tools named on the command line are there; says what is missing and how to get
# it. What apt-get and rustup can install is installed, where the rights allow: a C compiler (for
# the bundled SQLite), make, Node.js with npm, PostgreSQL, PgBouncer, Redis, nginx and Chromium (for tests, which start them
# themselves), Python with venv, rustfmt and clippy. Rust itself is not: Debian's is too old, and rustup is for you to
# run.
#
# usage: scripts/need.sh [cargo] [lint] [cc] [make] [node] [python] [postgres] [pgbouncer] [redis] [nginx] [chromium]
set -eu
cd "$(dirname "$0")/.."

missing=0

has() { command -v "$1" >/dev/null 2>&1; }

lacks() {
    missing=1
    printf 'missing: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '         %s\n' "$line" >&2; done
}

# older A B: is version A older than version B?
older() { [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

need_cargo() {
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if ! has cargo; then
        lacks "cargo (Rust $wanted or newer)" \
            "run: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" \
            'then open a new shell'
        return
    fi
    found=$(cargo --version | cut -d ' ' -f 2 | cut -d - -f 1)
    if older "$found" "$wanted"; then
        lacks "Rust $wanted or newer (this is $found)" "run: rustup update stable"
    fi
}

need_lint() {
    has cargo || return 0 # said already
    for part in fmt clippy; do
        cargo "$part" --version >/dev/null 2>&1 && continue
        component=$part
        [ "$part" = fmt ] && component=rustfmt
        has rustup && rustup component add "$component" && continue
        lacks "cargo $part" "run: rustup component add $component"
    done
}

# A compiler without the headers of the C library is no use: so try one.
compiles() { printf '#include <stdio.h>\nint main(void) { return 0; }\n' | cc -x c -o /dev/null - 2>/dev/null; }

# May packages of Debian be installed? Sets `as` to what that takes.
may_install() {
    has apt-get || return 1
    as=
    [ "$(id -u)" = 0 ] && return
    # A password is asked for only where somebody can type it.
    has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; } && as=sudo
}

# Installs packages of Debian.
install() {
    may_install || return 1
    echo "installing $*" >&2
    $as apt-get update -q >&2 &&
        $as env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2
}

# Says to Debian: make no first cluster of PostgreSQL ..
clusters=/etc/postgresql-common/createcluster.d
# .. and start no services. Somebody may have such a file already.
policy=/usr/sbin/policy-rc.d
[ ! -e "$policy" ] || policy=

# Installs packages whose programs alone are wanted, for tests that start servers themselves.
install_idle() {
    may_install || return 1
    trap forget EXIT
    trap 'exit 1' HUP INT TERM
    $as mkdir -p "$clusters"
    echo 'create_main_cluster = false' | $as tee "$clusters/claudebench.conf" >/dev/null
    if [ -n "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $as tee "$policy" >/dev/null
        $as chmod 755 "$policy"
    fi
    done=0
    install "$@" || done=1
    forget
    trap - EXIT HUP INT TERM
    return "$done"
}

forget() {
    $as rm -f "$clusters/claudebench.conf" $policy
    # It stays if there was something in it.
    $as rmdir "$clusters" 2>/dev/null || true
}

need_cc() {
    compiles && return
    if ! install gcc libc6-dev || ! compiles; then
        lacks 'a C compiler, for the bundled SQLite' \
            'Debian, Ubuntu: apt-get install gcc libc6-dev   (as root)' \
            'Fedora: dnf install gcc      macOS: xcode-select --install'
    fi
}

need_make() {
    has make && return
    install make || lacks 'make' 'Debian, Ubuntu: apt-get install make   (as root)'
}

need_node() {
    wanted=$(sed -n 's/.*"node": ">=\([0-9.]*\)".*/\1/p' web/package.json)
    if ! has node || ! has npm; then
        if ! install nodejs npm || ! has node || ! has npm; then
            lacks "Node.js $wanted or newer, with npm" \
                'Debian 12, Ubuntu 24.04 and newer: apt-get install nodejs npm   (as root)' \
                'elsewhere: get it from https://nodejs.org'
            return
        fi
    fi
    found=$(node --version | sed 's/^v//')
    if older "$found" "$wanted"; then
        lacks "Node.js $wanted or newer (this is $found)" 'get it from https://nodejs.org'
    fi
}

has_python() { python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

need_python() {
    has_python && return
    if ! install python3 python3-venv || ! has_python; then
        lacks 'Python 3.11 or newer with venv, for real clients of MCP and make bench-peers' \
            'Debian 12, Ubuntu 24.04 and newer: apt-get install python3 python3-venv   (as root)' \
            'elsewhere: get it from https://www.python.org'
    fi
}

# Looks where the tests do.
has_postgres() {
    for program in /usr/lib/postgresql/*/bin/postgres "$(command -v postgres)"; do
        [ -x "$program" ] || continue
        version=$("$program" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
        [ "$version" -ge 14 ] && return
    done
    return 1
}

need_postgres() {
    has_postgres && return
    if ! install_idle postgresql || ! has_postgres; then
        lacks 'PostgreSQL 14 or newer, for tests' \
            'Debian 12, Ubuntu 22.04 and newer: apt-get install postgresql   (as root)' \
            'Fedora: dnf install postgresql-server      macOS: brew install postgresql@15'
    fi
}

has_pgbouncer() { has pgbouncer || [ -x /usr/sbin/pgbouncer ]; }

need_pgbouncer() {
    has_pgbouncer && return
    if ! install_idle pgbouncer || ! has_pgbouncer; then
        lacks 'PgBouncer, for tests' \
            'Debian, Ubuntu: apt-get install pgbouncer   (as root)' \
            'Fedora: dnf install pgbouncer      macOS: brew install pgbouncer'
        return
    fi
    # Nor at the next boot: whoever wants it as a service turns that on. It runs already if somebody's
    # own policy had it so.
    { $as invoke-rc.d pgbouncer stop && $as update-rc.d pgbouncer disable; } >&2 || true
}

has_redis() { has redis-server && has redis-sentinel; }

need_redis() {
    has_redis && return
    if ! install_idle redis-server redis-sentinel || ! has_redis; then
        lacks 'Redis 7 or newer with its sentinel, for tests' \
            'Debian 12, Ubuntu 24.04 and newer: apt-get install redis-server redis-sentinel   (as root)' \
            'Fedora: dnf install redis      macOS: brew install redis'
        return
    fi
    for service in redis-server redis-sentinel; do
        { $as invoke-rc.d "$service" stop && $as update-rc.d "$service" disable; } >&2 || true
    done
}

has_nginx() { has nginx || [ -x /usr/sbin/nginx ]; }

need_nginx() {
    has_nginx && return
    if ! install_idle nginx-light || ! has_nginx; then
        lacks 'nginx, for tests' \
            'Debian, Ubuntu: apt-get install nginx-light   (as root)' \
            'Fedora: dnf install nginx      macOS: brew install nginx'
        return
    fi
    { $as invoke-rc.d nginx stop && $as update-rc.d nginx disable; } >&2 || true
}

has_chromium() { [ -n "${CHROMIUM-}" ] || has chromium || has chromium-browser || has google-chrome; }

need_chromium() {
    has_chromium && return
    if ! install chromium || ! has_chromium; then
        lacks 'Chromium, for tests of the dashboard' \
            'Debian 12: apt-get install chromium   (as root)' \
            'Fedora: dnf install chromium      elsewhere: name a Chrome by CHROMIUM=/path/to/it'
    fi
}

for tool in "$@"; do
    case $tool in
        cargo | lint | cc | make | node | python | postgres | pgbouncer | redis | nginx | chromium) "need_$tool" ;;
        *) echo "usage: $0 [cargo] [lint] [cc] [make] [node] [python] [postgres] [pgbouncer] [redis] [nginx] [chromium]" >&2 && exit 2 ;;
    esac
done
exit "$missing"
