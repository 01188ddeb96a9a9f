//! What a stream record of the table holds (aws-facts 4.4): pure functions; the table counts its
//! events by them.

/// StreamViewType: what each record of the stream holds beside the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// No stream.
    Off,
    /// The keys only.
    KeysOnly,
    /// The item as it is afterwards.
    NewImage,
    /// The item as it was before.
    OldImage,
    /// Both.
    NewAndOldImages,
}

impl View {
    /// The words of the setting.
    pub const WORDS: &'static [&'static str] = &[
        "off",
        "KEYS_ONLY",
        "NEW_IMAGE",
        "OLD_IMAGE",
        "NEW_AND_OLD_IMAGES",
    ];

    /// The view of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let all = [
            Self::Off,
            Self::KeysOnly,
            Self::NewImage,
            Self::OldImage,
            Self::NewAndOldImages,
        ];
        let ix = Self::WORDS.iter().position(|known| *known == word)?;
        all.get(ix).copied()
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// It came to be.
    Insert,
    /// It changed.
    Modify,
    /// It is gone.
    Remove,
}

impl Event {
    /// All events, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Insert, Self::Modify, Self::Remove];

    /// AWS's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Modify => "MODIFY",
            Self::Remove => "REMOVE",
        }
    }
}

/// What the stream tells of a write: nothing where it leaves the item as it was.
#[must_use]
pub fn event(existed: bool, exists: bool, changed: bool) -> Option<Event> {
    match (existed, exists) {
        (false, true) => Some(Event::Insert),
        (true, false) => Some(Event::Remove),
        (true, true) if changed => Some(Event::Modify),
        _ => None,
    }
}

/// What a stream record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Images {
    /// The item's keys.
    pub keys: bool,
    /// The item afterwards.
    pub new: bool,
    /// The item before.
    pub old: bool,
}

/// The images of an event under a view; `None` where there is no stream.
#[must_use]
pub fn images(view: View, event: Event) -> Option<Images> {
    let (new, old) = match view {
        View::Off => return None,
        View::KeysOnly => (false, false),
        View::NewImage => (true, false),
        View::OldImage => (false, true),
        View::NewAndOldImages => (true, true),
    };
    Some(Images {
        keys: true,
        new: new && event != Event::Remove,
        old: old && event != Event::Insert,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_there_if_the_item_was() {
        let of = |view, event| {
            let images = images(view, event).expect("a stream");
            (images.keys, images.new, images.old)
        };
        assert_eq!(of(View::KeysOnly, Event::Modify), (true, false, false));
        assert_eq!(of(View::NewImage, Event::Modify), (true, true, false));
        assert_eq!(of(View::NewImage, Event::Remove), (true, false, false));
        assert_eq!(of(View::OldImage, Event::Insert), (true, false, false));
        assert_eq!(of(View::NewAndOldImages, Event::Modify), (true, true, true));
        assert_eq!(images(View::Off, Event::Insert), None, "no stream");
    }

    #[test]
    fn a_write_that_changes_nothing_gives_no_record() {
        assert_eq!(event(true, true, false), None, "the same content");
        assert_eq!(event(false, false, true), None, "a delete of nothing");
        assert_eq!(event(false, true, true), Some(Event::Insert));
        assert_eq!(event(true, true, true), Some(Event::Modify));
        assert_eq!(event(true, false, true), Some(Event::Remove));
    }

    #[test]
    fn words_lead_back() {
        for word in View::WORDS {
            assert_eq!(View::of(word).map(View::word), Some(*word));
        }
    }
}
