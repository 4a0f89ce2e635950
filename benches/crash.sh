#!/usr/bin/env bash
# Kills runs with SIGKILL at random moments and runs them again; the final store must equal a clean
# run's byte for byte in artifacts and index:
#   benches/crash.sh [KILLS]
# The victim is the runner or, where it has child processes that compute, one of them as likely.
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -q -B -Dquick -pl runner -am test -Dtest=CrashTest -Damalgam.crash.kills="${1:-200}" \
  -Dsurefire.failIfNoSpecifiedTests=false -DtrimStackTrace=false
