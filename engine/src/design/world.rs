//! The place that a design stands in. It belongs to the layout: no result depends on it.

/// A place with a backdrop of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum World {
    /// A bare stage.
    #[default]
    None,
    /// A supermarket.
    Shop,
    /// A bank.
    Bank,
}

impl World {
    /// All places.
    pub const ALL: [Self; 3] = [Self::None, Self::Shop, Self::Bank];

    /// Its word in files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Shop => "shop",
            Self::Bank => "bank",
        }
    }

    /// Its word in a file, which says nothing of a bare stage.
    pub(super) fn written(self) -> Option<String> {
        (self != Self::None).then(|| self.key().to_owned())
    }

    /// The place of a file that may name one.
    ///
    /// # Errors
    /// A sentence for a word that is not known.
    pub(super) fn read(key: Option<&str>) -> Result<Self, String> {
        key.map_or(Ok(Self::None), Self::parse)
    }

    /// The place with this word.
    ///
    /// # Errors
    /// A sentence for a word that is not known.
    pub fn parse(key: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|world| world.key() == key);
        found.ok_or_else(|| {
            let key: String = key.chars().take(40).collect();
            format!("The world \"{key}\" is not known; there are none, shop and bank.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Design;
    use crate::design::file::{self, File};

    fn file(world: World) -> File {
        let mut design = Design::default();
        design.layout.world = world;
        File {
            design,
            inputs: Vec::new(),
            end: None,
            engine: String::new(),
        }
    }

    #[test]
    fn a_world_goes_through_file_and_link() {
        for world in World::ALL {
            let text = file::write(&file(world));
            assert_eq!(text.contains("\"world\""), world != World::None, "{text}");
            let back = file::read(&text).expect("it reads what it wrote");
            assert_eq!(back.design.layout.world, world);
            let link = crate::design::link::write(&file(world)).expect("a short link");
            let back = crate::design::link::read(&link).expect("it reads what it wrote");
            assert_eq!(back.design.layout.world, world);
            assert_eq!(World::parse(world.key()), Ok(world));
        }
    }

    #[test]
    fn a_world_that_is_not_known_is_a_sentence() {
        let text = file::write(&file(World::Shop)).replace("\"shop\"", "\"moon\"");
        let problems = file::read(&text).expect_err("no such world");
        let said = &problems[0].text;
        assert_eq!(
            said,
            "The world \"moon\" is not known; there are none, shop and bank."
        );
    }
}
