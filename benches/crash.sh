#!/usr/bin/env bash
# Kills runs with SIGKILL at random moments and runs them again; the final store must equal a clean
# run's byte for byte in artifacts and index, and no key may be computed once it is published:
#   benches/crash.sh [KILLS]
# kills so often with each executor. The victim is the runner or, where it has child processes that
# compute, one of them as likely; told is how many were killed while a stage was being computed.
set -euo pipefail
cd "$(dirname "$0")/.."
mvn -q -B -Dquick -pl runner -am test -Dtest=CrashTest -Damalgam.crash.kills="${1:-200}" \
  -Dsurefire.failIfNoSpecifiedTests=false -DtrimStackTrace=false
