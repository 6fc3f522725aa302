# Shared by the scripts of this folder; sourced, not run.

home="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export LEDGERCREDIT_HOME="$home"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1

die() {
    printf '%s\n' "$*" >&2
    exit 4
}

need() {
    command -v "$1" >/dev/null 2>&1 || die "'$1' was not found. README lists what must be installed: the .NET 10 SDK, Node.js 20 or newer, bash, curl."
}

# Runs a command while holding a lock, so that two scripts at once do not build into the same folder.
locked() {
    mkdir -p "$home/artifacts"
    if command -v flock >/dev/null 2>&1; then
        flock "$home/artifacts/.lock" "$@"
    else
        "$@"
    fi
}

# Installs a folder's npm packages exactly as its lock file says, unless they are there.
ensure_node_modules() {
    local folder="$home/$1"
    if [ ! -e "$folder/node_modules/.installed" ] || ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed"; then
        need npm
        printf 'Installing the npm packages of %s …\n' "$1" >&2
        (cd "$folder" && locked npm ci --ignore-scripts --no-audit --no-fund >&2) || die "npm could not install the packages of $1."
        cp "$folder/package-lock.json" "$folder/node_modules/.installed"
    fi
}

# Builds the command-line tool when a source is newer than the last build.
ensure_tool() {
    local stamp="$home/artifacts/tool/.built"
    if [ -e "$stamp" ] && [ -z "$(find "$home/src" "$home/contracts/build" "$home/Directory.Build.props" "$home/Directory.Packages.props" -newer "$stamp" -type f -print -quit)" ]; then
        return
    fi

    need dotnet
    printf 'Building the command-line tool (once, and again when the sources change) …\n' >&2
    locked "$home/scripts/build-tool.sh" >&2 || die "The tool could not be built."
}
