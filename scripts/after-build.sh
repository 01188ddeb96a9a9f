#!/bin/sh
# Trunk calls this after each build. Only a release build gets the policy: `trunk serve` adds a script of its own.
set -eu
[ "${TRUNK_PROFILE:-debug}" = release ] || exit 0
exec node scripts/csp.mjs "$TRUNK_STAGING_DIR"
