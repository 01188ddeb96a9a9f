//! The macros that make one closed list of services and one of wire kinds.
//!
//! `services! { Tills => tills::Tills, .. }` expands to `ServiceKind` (which service), `AnyConfig`
//! (its settings), `Unit` (its state with its settings), and to the methods that pass each call on
//! to the one variant. `links!` does the same for wire kinds.

/// Makes `ServiceKind`, `AnyConfig` and `Unit` from the one list of services.
#[macro_export]
#[doc(hidden)]
macro_rules! services {
    ($($variant:ident => $module:ident :: $state:ident),+ $(,)?) => {
        /// A service of the list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ServiceKind { $(#[doc = stringify!($state)] $variant),+ }

        impl ServiceKind {
            /// All services, in the order of the palette.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// What the service says of itself.
            #[must_use]
            pub fn entry(self) -> &'static $crate::catalog::Entry {
                match self { $(Self::$variant => {
                    const ENTRY: &$crate::catalog::Entry =
                        &<$module::$state as $crate::services::contract::Service>::ENTRY;
                    ENTRY
                }),+ }
            }

            /// Its settings, described.
            #[must_use]
            pub fn fields(self) -> Vec<$crate::catalog::FieldInfo> {
                match self { $(Self::$variant =>
                    <$module::$state as $crate::services::contract::Service>::FIELDS
                        .iter().map($crate::catalog::Field::info).collect()),+ }
            }
        }

        /// The settings of any service.
        #[derive(Clone, Debug, PartialEq, Hash)]
        pub enum AnyConfig {
            $(#[doc = stringify!($state)]
            $variant(std::sync::Arc<<$module::$state as $crate::services::contract::Service>::Config>)),+
        }

        impl AnyConfig {
            /// The defaults of a service.
            #[must_use]
            pub fn of(kind: ServiceKind) -> Self {
                match kind { $(ServiceKind::$variant => Self::$variant(Default::default())),+ }
            }

            /// Which service they belong to.
            #[must_use]
            pub fn kind(&self) -> ServiceKind {
                match self { $(Self::$variant(_) => ServiceKind::$variant),+ }
            }

            /// Reads the field with this index.
            #[must_use]
            pub fn get(&self, ix: usize) -> $crate::catalog::Value {
                match self { $(Self::$variant(config) => {
                    let fields = <$module::$state as $crate::services::contract::Service>::FIELDS;
                    (fields[ix].get)(config)
                }),+ }
            }

            /// Whether the field with this index means anything under the other settings.
            #[must_use]
            pub fn shown(&self, ix: usize) -> bool {
                match self { $(Self::$variant(config) => {
                    let fields = <$module::$state as $crate::services::contract::Service>::FIELDS;
                    (fields[ix].shown)(config)
                }),+ }
            }

            /// Writes the field with this index, after a check of its range.
            ///
            /// # Errors
            /// A sentence with field, value, range and source.
            pub fn set(
                &mut self, ix: usize, value: &$crate::catalog::Value,
            ) -> Result<(), $crate::catalog::FieldError> {
                match self { $(Self::$variant(config) => {
                    let fields = <$module::$state as $crate::services::contract::Service>::FIELDS;
                    fields[ix].info().check(value)?;
                    (fields[ix].set)(std::sync::Arc::make_mut(config), value)
                }),+ }
            }

            /// Problems of these settings in this surrounding.
            pub fn check(
                &self,
                wiring: &$crate::services::contract::Wiring,
                out: &mut Vec<$crate::services::contract::Problem>,
            ) {
                match self { $(Self::$variant(config) =>
                    apart(|| <$module::$state as $crate::services::contract::Service>::check(config, wiring, out))),+ }
            }

            /// The node as code.
            #[must_use]
            pub fn snippet(
                &self,
                wiring: &$crate::services::contract::Wiring,
                lang: $crate::services::contract::Lang,
            ) -> Option<String> {
                match self { $(Self::$variant(config) =>
                    apart(|| <$module::$state as $crate::services::contract::Service>
                        ::snippet(config, wiring, lang))),+ }
            }

            /// What it makes, if it is a source.
            #[must_use]
            pub fn feed(&self) -> Option<$crate::services::contract::Feed<'_>> {
                match self { $(Self::$variant(config) =>
                    <$module::$state as $crate::services::contract::Service>::feed(config)),+ }
            }

            /// Starts a life of the service.
            pub fn start(&self, cx: &mut $crate::services::cx::Cx<'_, '_>) -> Unit {
                match self { $(Self::$variant(config) => Unit::$variant($crate::services::contract::Part {
                    config: config.clone(),
                    state: apart(|| <$module::$state as $crate::services::contract::Service>::start(config, cx)),
                })),+ }
            }
        }

        /// Any service at work: its state with its settings.
        #[derive(Clone, Debug, Hash)]
        #[allow(clippy::large_enum_variant, reason = "few of them; boxes would be chased on every event")]
        pub enum Unit {
            $(#[doc = stringify!($state)]
            $variant($crate::services::contract::Part<
                $module::$state,
                <$module::$state as $crate::services::contract::Service>::Config,
            >)),+
        }

        impl Unit {
            /// Which service it is.
            #[must_use]
            pub fn kind(&self) -> ServiceKind {
                match self { $(Self::$variant(_) => ServiceKind::$variant),+ }
            }
            /// Its settings.
            #[must_use]
            pub fn config(&self) -> AnyConfig {
                match self { $(Self::$variant(part) => AnyConfig::$variant(part.config.clone())),+ }
            }
            pub(crate) fn wake(&mut self, tag: u32, arg: u64, cx: &mut $crate::services::cx::Cx<'_, '_>) {
                match self { $(Self::$variant(part) => apart(|| part.state.wake(&part.config, tag, arg, cx))),+ }
            }
            pub(crate) fn ask(
                &mut self, incoming: $crate::services::contract::Incoming, cx: &mut $crate::services::cx::Cx<'_, '_>,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.ask(&part.config, incoming, cx))),+ }
            }
            pub(crate) fn answer(
                &mut self, call: $crate::kernel::CallId, reply: $crate::services::talk::Reply,
                cx: &mut $crate::services::cx::Cx<'_, '_>,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.answer(&part.config, call, reply, cx))),+ }
            }
            pub(crate) fn orphan(
                &mut self, call: $crate::kernel::CallId, wire: $crate::services::talk::WireId,
                reply: $crate::services::talk::Reply, cx: &mut $crate::services::cx::Cx<'_, '_>,
            ) {
                match self { $(Self::$variant(part) =>
                    apart(|| part.state.orphan(&part.config, call, wire, reply, cx))),+ }
            }
            pub(crate) fn crash(&mut self, cx: &mut $crate::services::cx::Cx<'_, '_>) {
                match self { $(Self::$variant(part) => apart(|| part.state.crash(&part.config, cx))),+ }
            }
            pub(crate) fn recover(&mut self, cx: &mut $crate::services::cx::Cx<'_, '_>) {
                match self { $(Self::$variant(part) => apart(|| part.state.recover(&part.config, cx))),+ }
            }
            pub(crate) fn rewired(&mut self, cx: &mut $crate::services::cx::Cx<'_, '_>) {
                match self { $(Self::$variant(part) => apart(|| part.state.rewired(&part.config, cx))),+ }
            }
            pub(crate) fn set_back(
                &mut self, wire: $crate::services::talk::WireId, shard: u32, ordinal: u64,
                cx: &mut $crate::services::cx::Cx<'_, '_>,
            ) {
                match self { $(Self::$variant(part) =>
                    apart(|| part.state.set_back(&part.config, wire, shard, ordinal, cx))),+ }
            }
            /// Whether the settings may change so now.
            ///
            /// # Errors
            /// Why the service refuses the change.
            pub fn admit(
                &self, new: &AnyConfig, view: &$crate::services::cx::View<'_>,
            ) -> Result<(), String> {
                match (self, new) {
                    $((Self::$variant(part), AnyConfig::$variant(new)) =>
                        apart(|| part.state.admit(&part.config, new, view)),)+
                    #[allow(unreachable_patterns, reason = "one service alone has no mismatch")]
                    _ => Err("The settings belong to another service.".to_owned()),
                }
            }
            pub(crate) fn reconfigure(&mut self, new: &AnyConfig, cx: &mut $crate::services::cx::Cx<'_, '_>) {
                match (self, new) {
                    $((Self::$variant(part), AnyConfig::$variant(new)) => {
                        let old = std::mem::replace(&mut part.config, new.clone());
                        apart(|| part.state.reconfigure(&old, new, cx));
                    })+
                    #[allow(unreachable_patterns, reason = "one service alone has no mismatch")]
                    _ => {}
                }
            }
            pub(crate) fn control(
                &mut self, control: &$crate::services::talk::Control, cx: &mut $crate::services::cx::Cx<'_, '_>,
            ) -> Result<(), String> {
                match self { $(Self::$variant(part) => apart(|| part.state.control(&part.config, control, cx))),+ }
            }
            /// What drawing and charts may see.
            pub fn gauges(
                &self, view: &$crate::services::cx::View<'_>, out: &mut $crate::services::gauges::Gauges,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.gauges(&part.config, view, out))),+ }
            }
            /// What it holds, record by record.
            pub fn custody(
                &self, view: &$crate::services::cx::View<'_>, out: &mut $crate::services::contract::Custody,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.custody(&part.config, view, out))),+ }
            }
            /// A glance at what it holds.
            pub fn peek(
                &self, view: &$crate::services::cx::View<'_>, most: usize,
                out: &mut Vec<$crate::services::contract::Held>,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.peek(&part.config, view, most, out))),+ }
            }
            /// Bytes that its retained logs take.
            pub fn retained(&self) -> u64 {
                match self { $(Self::$variant(part) => apart(|| part.state.retained())),+ }
            }
            /// Names the shared pieces that its canonical encoding writes out all the same.
            pub fn pieces(&self, see: &mut $crate::base::footprint::See<'_>) {
                match self { $(Self::$variant(part) => part.state.pieces(see)),+ }
            }
            /// What was used of each price.
            pub fn bill(
                &self, view: &$crate::services::cx::View<'_>, out: &mut Vec<$crate::catalog::PriceLine>,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.bill(&part.config, view, out))),+ }
            }
            /// What its items say.
            pub fn beliefs(
                &self, view: &$crate::services::cx::View<'_>, out: &mut $crate::services::contract::Beliefs,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.beliefs(&part.config, view, out))),+ }
            }
            pub(crate) fn normalise(&mut self, now: $crate::base::time::Us) {
                match self { $(Self::$variant(part) => apart(|| part.state.normalise(&part.config, now))),+ }
            }
            /// Panics if the state is impossible; for tests.
            pub fn assert_invariants(&self) {
                match self { $(Self::$variant(part) => apart(|| part.state.assert_invariants(&part.config))),+ }
            }
        }
    };
}

/// Makes `LinkKind`, `AnyLink` and `LinkUnit` from the one list of wire kinds.
#[macro_export]
#[doc(hidden)]
macro_rules! links {
    ($($variant:ident => $module:ident :: $state:ident),+ $(,)?) => {
        /// A wire kind of the list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LinkKind { $(#[doc = stringify!($state)] $variant),+ }

        impl LinkKind {
            /// All wire kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// What the kind says of itself.
            #[must_use]
            pub fn entry(self) -> &'static $crate::catalog::WireEntry {
                match self { $(Self::$variant => {
                    const ENTRY: &$crate::catalog::WireEntry =
                        &<$module::$state as $crate::services::contract::Link>::ENTRY;
                    ENTRY
                }),+ }
            }

            /// Its settings, described.
            #[must_use]
            pub fn fields(self) -> Vec<$crate::catalog::FieldInfo> {
                match self { $(Self::$variant =>
                    <$module::$state as $crate::services::contract::Link>::FIELDS
                        .iter().map($crate::catalog::Field::info).collect()),+ }
            }
        }

        /// The settings of any wire.
        #[derive(Clone, Debug, PartialEq, Hash)]
        pub enum AnyLink {
            $(#[doc = stringify!($state)]
            $variant(std::sync::Arc<<$module::$state as $crate::services::contract::Link>::Config>)),+
        }

        impl AnyLink {
            /// The defaults of a kind.
            #[must_use]
            pub fn of(kind: LinkKind) -> Self {
                match kind { $(LinkKind::$variant => Self::$variant(Default::default())),+ }
            }
            /// Which kind they belong to.
            #[must_use]
            pub fn kind(&self) -> LinkKind {
                match self { $(Self::$variant(_) => LinkKind::$variant),+ }
            }
            /// Reads the field with this index.
            #[must_use]
            pub fn get(&self, ix: usize) -> $crate::catalog::Value {
                match self { $(Self::$variant(config) => {
                    let fields = <$module::$state as $crate::services::contract::Link>::FIELDS;
                    (fields[ix].get)(config)
                }),+ }
            }
            /// Whether the field with this index means anything under the other settings.
            #[must_use]
            pub fn shown(&self, ix: usize) -> bool {
                match self { $(Self::$variant(config) => {
                    let fields = <$module::$state as $crate::services::contract::Link>::FIELDS;
                    (fields[ix].shown)(config)
                }),+ }
            }
            /// Writes the field with this index, after a check of its range.
            ///
            /// # Errors
            /// A sentence with field, value, range and source.
            pub fn set(
                &mut self, ix: usize, value: &$crate::catalog::Value,
            ) -> Result<(), $crate::catalog::FieldError> {
                match self { $(Self::$variant(config) => {
                    let fields = <$module::$state as $crate::services::contract::Link>::FIELDS;
                    fields[ix].info().check(value)?;
                    (fields[ix].set)(std::sync::Arc::make_mut(config), value)
                }),+ }
            }
            /// Starts a life of the wire.
            pub fn start(&self, cx: &mut $crate::services::cx::Cx<'_, '_>) -> LinkUnit {
                match self { $(Self::$variant(config) => LinkUnit::$variant($crate::services::contract::Part {
                    config: config.clone(),
                    state: apart(|| <$module::$state as $crate::services::contract::Link>::start(config, cx)),
                })),+ }
            }
            /// Time that a request, and again its answer, is on the way [us].
            #[must_use]
            pub fn delay(&self) -> $crate::base::time::Us {
                match self { $(Self::$variant(config) =>
                    <$module::$state as $crate::services::contract::Link>::delay(config)),+ }
            }
            /// Problems of these settings between these ends.
            pub fn check(
                &self,
                ends: &$crate::services::contract::Ends,
                out: &mut Vec<$crate::services::contract::Problem>,
            ) {
                match self { $(Self::$variant(config) =>
                    apart(|| <$module::$state as $crate::services::contract::Link>::check(config, ends, out))),+ }
            }
            /// What AWS keeps on the wire as code.
            #[must_use]
            pub fn snippet(
                &self,
                ends: &$crate::services::contract::Ends,
                lang: $crate::services::contract::Lang,
            ) -> Option<String> {
                match self { $(Self::$variant(config) =>
                    apart(|| <$module::$state as $crate::services::contract::Link>::snippet(config, ends, lang))),+ }
            }
            /// Where a reader starts without a checkpoint.
            #[must_use]
            pub fn start_at(&self) -> $crate::services::talk::StartAt {
                match self { $(Self::$variant(config) =>
                    <$module::$state as $crate::services::contract::Link>::start_at(config)),+ }
            }
        }

        /// Any wire at work: its state with its settings.
        #[derive(Clone, Debug, Hash)]
        #[allow(clippy::large_enum_variant, reason = "few of them; boxes would be chased on every event")]
        pub enum LinkUnit {
            $(#[doc = stringify!($state)]
            $variant($crate::services::contract::Part<
                $module::$state,
                <$module::$state as $crate::services::contract::Link>::Config,
            >)),+
        }

        impl LinkUnit {
            /// Its settings.
            #[must_use]
            pub fn config(&self) -> AnyLink {
                match self { $(Self::$variant(part) => AnyLink::$variant(part.config.clone())),+ }
            }
            pub(crate) fn wake(&mut self, tag: u32, arg: u64, cx: &mut $crate::services::cx::Cx<'_, '_>) {
                match self { $(Self::$variant(part) => apart(|| part.state.wake(&part.config, tag, arg, cx))),+ }
            }
            pub(crate) fn answer(
                &mut self, call: $crate::kernel::CallId, reply: $crate::services::talk::Reply,
                cx: &mut $crate::services::cx::Cx<'_, '_>,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.answer(&part.config, call, reply, cx))),+ }
            }
            pub(crate) fn reconfigure(&mut self, new: &AnyLink, cx: &mut $crate::services::cx::Cx<'_, '_>) {
                match (self, new) {
                    $((Self::$variant(part), AnyLink::$variant(new)) => {
                        let old = std::mem::replace(&mut part.config, new.clone());
                        apart(|| part.state.reconfigure(&old, new, cx));
                    })+
                    #[allow(unreachable_patterns, reason = "one kind alone has no mismatch")]
                    _ => {}
                }
            }
            pub(crate) fn ask(
                &mut self, incoming: $crate::services::contract::Incoming,
                cx: &mut $crate::services::cx::Cx<'_, '_>,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.ask(&part.config, incoming, cx))),+ }
            }
            /// What is added to what is seen of the receiving node.
            pub fn gauges(
                &self, view: &$crate::services::cx::View<'_>, out: &mut $crate::services::gauges::Gauges,
            ) {
                match self { $(Self::$variant(part) => apart(|| part.state.gauges(&part.config, view, out))),+ }
            }
            pub(crate) fn normalise(&mut self, now: $crate::base::time::Us) {
                match self { $(Self::$variant(part) => apart(|| part.state.normalise(&part.config, now))),+ }
            }
            /// What it holds, record by record.
            pub fn custody(&self, out: &mut $crate::services::contract::Custody) {
                match self { $(Self::$variant(part) => apart(|| part.state.custody(&part.config, out))),+ }
            }
        }
    };
}
