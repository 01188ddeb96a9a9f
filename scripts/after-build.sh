#!/bin/sh
# Trunk calls this after each build. Only a release build is split in two and gets the policy: `trunk serve` adds a
# script of its own.
set -eu
[ "${TRUNK_PROFILE:-debug}" = release ] || exit 0
node scripts/split/split.mjs "$TRUNK_STAGING_DIR"
exec node scripts/csp.mjs "$TRUNK_STAGING_DIR"
