# shellcheck shell=bash
# What the programs beside this file share. It is sourced, never run, and leaves the shell in the project's folder.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit
command -v cargo >/dev/null || PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
# shellcheck disable=SC2034 # the programs use it
target=${CARGO_TARGET_DIR:-$root/target}

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
  warn "${0##*/}: $*"
  exit 1
}

# at_least WANTED FOUND: true when version FOUND is WANTED or newer.
at_least() { [[ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" == "$1" ]]; }

# Says everything that is missing at once, and how to get it.
need_tools() {
  local missing=() found
  if ! command -v cargo >/dev/null; then
    missing+=("Rust 1.95 or newer: install it with rustup, see https://rustup.rs")
  else
    found=$(cargo --version | cut -d ' ' -f 2)
    at_least 1.95 "$found" || missing+=("Rust 1.95 or newer (found $found): run 'rustup update stable'")
  fi
  if ! command -v node >/dev/null; then
    missing+=("Node.js 20 or newer: see https://nodejs.org/en/download (Debian 12's own package is older)")
  else
    found=$(node --version)
    at_least 20 "${found#v}" || missing+=("Node.js 20 or newer (found ${found#v}): see https://nodejs.org/en/download")
  fi
  command -v npm >/dev/null || missing+=("npm: it comes with Node.js from nodejs.org; on Debian 'apt-get install npm'")
  command -v cc >/dev/null || missing+=("a C compiler, for SQLite and TLS: on Debian 'apt-get install build-essential'")
  command -v make >/dev/null || missing+=("make, for jemalloc: on Debian 'apt-get install build-essential'")
  if ((${#missing[@]})); then
    warn "${0##*/} needs:"
    printf '  - %s\n' "${missing[@]}" >&2
    exit 1
  fi
}

# npm_ci FOLDER: installs what the lock file names, when it or Node.js changed since the last time.
npm_ci() {
  local stamp now
  stamp="$1/node_modules/.installed-for"
  now="$(sha256sum <"$1/package-lock.json") $(node --version)"
  if [[ ! -f "$stamp" || "$(cat "$stamp")" != "$now" ]]; then
    say "Installing the packages of $1 from its lock file"
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) || return
    printf '%s' "$now" >"$stamp"
  fi
}

# Bundles styles, scripts, fonts and icons into crates/ui/dist.
bundle() {
  npm_ci crates/ui && (cd crates/ui && npm run --silent build)
}

# lint_as_built: from here on cargo compiles our own crates with clippy in the compiler's place, as `cargo clippy` does, but to
# the end. What is linted is what is tested, and no dependency is read once more for lints alone.
lint_as_built() {
  RUSTC_WORKSPACE_WRAPPER=$(rustc --print sysroot)/bin/clippy-driver
  [[ -x "$RUSTC_WORKSPACE_WRAPPER" ]] || die "clippy is missing: run 'rustup component add clippy'"
  # the arguments after `cargo clippy --`, as it hands them on
  export RUSTC_WORKSPACE_WRAPPER CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings
}

# memory_folder: a folder that lives in memory, if there is plenty of it: what is thrown away need not reach a disk.
memory_folder() {
  local room memory
  room=$(df --output=avail /dev/shm 2>/dev/null | tail -n 1)
  memory=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo 2>/dev/null)
  ((${room:-0} > 4 * 1024 * 1024 && ${memory:-0} > 8 * 1024 * 1024)) && [[ -w /dev/shm ]] && say /dev/shm
}

# --- A throw-away PostgreSQL cluster -------------------------------------------------------------------------

postgres_folder=
postgres_programs=

# find_postgres: finds the folder of initdb and pg_ctl, the newest one; false when there is none.
find_postgres() {
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  [[ -x "$found" ]] || found=$(command -v initdb) || return 1
  postgres_programs=$(dirname "$(readlink -f "$found")")
  at_least 15 "$("$postgres_programs/postgres" --version | grep -oE '[0-9]+' | head -n 1)"
}

# as_postgres COMMAND…: runs it as somebody else than root, because PostgreSQL refuses root.
as_postgres() {
  if ((EUID == 0)); then
    (cd / && exec runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

# free_port: a port of this machine that nobody listens on.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  printf '%s' "$port"
}

# start_postgres fast|durable VARIABLE: a cluster in a temporary folder on a free port, and its superuser's address in
# VARIABLE; nothing if that names a server already. `fast` waits for no disk: it is thrown away anyway.
# The caller sets `trap stop_postgres EXIT`.
start_postgres() {
  local password options tried port
  if [[ -n "${!2:-}" ]]; then
    say "PostgreSQL: the server that $2 names"
    return
  fi
  find_postgres || die "PostgreSQL 15 or newer is missing: on Debian 'apt-get install postgresql', or name a server in $2"
  if ((EUID == 0)) && ! id postgres >/dev/null 2>&1; then
    die "PostgreSQL refuses root and there is no user 'postgres' to run it: start ${0##*/} as somebody else"
  fi
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/support-postgres.XXXXXX")
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '%s\n' "$password" >"$postgres_folder/password"
  ((EUID == 0)) && chown -R postgres "$postgres_folder"
  as_postgres "$postgres_programs/initdb" -D "$postgres_folder/data" -U support -E UTF8 --locale=C.UTF-8 --no-sync \
    --auth-local=reject --auth-host=md5 --pwfile="$postgres_folder/password" >"$postgres_folder/initdb.log" 2>&1 ||
    { cat "$postgres_folder/initdb.log" >&2; die "initdb failed, see above"; }
  options="-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=400 -c shared_buffers=256MB -c log_min_messages=fatal"
  [[ "$1" == fast ]] && options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  for tried in 1 2 3 4 5; do
    port=$(free_port)
    # without -l the server would hold our standard output open for ever
    if as_postgres "$postgres_programs/pg_ctl" -D "$postgres_folder/data" -l "$postgres_folder/server.log" -o "$options -c port=$port" -w -t 60 start >/dev/null 2>&1; then
      export "$2=postgres://support:$password@127.0.0.1:$port/postgres"
      say "PostgreSQL: $("$postgres_programs/postgres" --version | cut -d ' ' -f 3), throw-away, port $port, $1"
      return
    fi
    ((tried < 5)) || cat "$postgres_folder/server.log" >&2 || true
  done
  die "the throw-away PostgreSQL does not start, see above"
}

# Ends the cluster that start_postgres started, and no other.
stop_postgres() {
  [[ -n "$postgres_folder" ]] || return 0
  as_postgres "$postgres_programs/pg_ctl" -D "$postgres_folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$postgres_folder"
  postgres_folder=
}
