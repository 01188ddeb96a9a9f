//! Pointers on the stage, from where they go down to what they mean. Pure: no browser, no clock of its own.
//!
//! ```text
//! down on a port          -> draws a wire             two fingers -> zoom and move the stage
//! down on a node, moved   -> moves it (and its mates) a long press or the other button -> menu
//! down on the stage, moved-> moves the stage; with Shift a frame that chooses
//! up without a move       -> click
//! ```

use super::hit::Target;
use super::shapes::{Point, Rect};
use crate::catalog::Dir;
use crate::services::talk::NodeId;

/// How far a pointer may slip and still click [px].
const SLIP: f64 = 6.0;
/// After this time on one spot a finger asks for the menu [ms].
pub const LONG_MS: f64 = 550.0;

/// A pointer as it goes down or moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finger {
    /// Which.
    pub id: i32,
    /// Where [px].
    pub at: Point,
    /// Whether it is a finger: it covers what it points at, and has no other button.
    pub touch: bool,
    /// Whether Shift is held: adds to what is chosen.
    pub extend: bool,
}

/// What a gesture is at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Held {
    /// Nothing.
    #[default]
    Nothing,
    /// Pressed and not moved since this time [ms].
    Pressed(Finger, Option<Target>, f64),
    /// The stage moves with the pointer.
    Stage(Point),
    /// A node, from where it was taken to where the pointer is [px].
    Node(NodeId, Point, Point),
    /// A wire from a port to where the pointer is [px].
    Wire(NodeId, Dir, Point),
    /// A frame from corner to corner [px].
    Frame(Point, Point),
    /// Two fingers: their ids and places.
    Two([(i32, Point); 2]),
    /// The menu was asked for: what follows means nothing until all is let go.
    Spent,
}

/// What a movement asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asks {
    /// Nothing, beside what [`Hand::held`] shows.
    Nothing,
    /// The pointer is over this point.
    Hover(Point),
    /// The stage moves by so much [px].
    Pan(f64, f64),
    /// The stage is zoomed about a point, and moved by so much [px].
    Pinch(f64, Point, f64, f64),
    /// A click; whether it adds to what is chosen.
    Click(Point, bool),
    /// The menu of what lies here.
    Menu(Point),
    /// A node was moved by so much [px].
    Drop(NodeId, f64, f64),
    /// A wire was drawn to this point.
    Wire(NodeId, Dir, Point),
    /// What lies within was chosen [px]; whether it adds.
    Choose(Rect, bool),
}

/// What the pointers do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hand {
    /// What it is at.
    pub held: Held,
    /// The finger that began it; others mean nothing but to a stage that is held by two.
    id: i32,
    extend: bool,
}

/// The box between two corners.
#[must_use]
pub fn between(a: Point, b: Point) -> Rect {
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    Rect::new(x, y, (a.x - b.x).abs(), (a.y - b.y).abs())
}

impl Hand {
    /// A pointer goes down on `target`.
    pub fn down(&mut self, finger: Finger, target: Option<Target>, now_ms: f64) {
        self.held = match self.held {
            Held::Pressed(first, ..) if first.touch && finger.touch && first.id != finger.id => {
                Held::Two([(first.id, first.at), (finger.id, finger.at)])
            }
            Held::Stage(at) if finger.touch && finger.id != self.id => {
                Held::Two([(self.id, at), (finger.id, finger.at)])
            }
            Held::Nothing => {
                self.id = finger.id;
                self.extend = finger.extend;
                Held::Pressed(finger, target, now_ms)
            }
            held => held,
        };
    }

    /// A pointer moves. `still` says that nodes cannot be moved: the narrow layout sets them out itself.
    pub fn moved(&mut self, finger: Finger, still: bool) -> Asks {
        let at = finger.at;
        if self.is_others(finger) {
            return Asks::Nothing;
        }
        match self.held {
            Held::Nothing => Asks::Hover(at),
            Held::Pressed(first, target, _) => {
                if first.id == finger.id && first.at.distance(at) > SLIP {
                    self.held = begun(first, target, at, still);
                    if let Held::Stage(_) = self.held {
                        return Asks::Pan(at.x - first.at.x, at.y - first.at.y);
                    }
                }
                Asks::Nothing
            }
            Held::Stage(last) => {
                self.held = Held::Stage(at);
                Asks::Pan(at.x - last.x, at.y - last.y)
            }
            Held::Node(id, from, _) => {
                self.held = Held::Node(id, from, at);
                Asks::Nothing
            }
            Held::Wire(id, dir, _) => {
                self.held = Held::Wire(id, dir, at);
                Asks::Nothing
            }
            Held::Frame(from, _) => {
                self.held = Held::Frame(from, at);
                Asks::Nothing
            }
            Held::Two(fingers) => self.pinched(fingers, finger),
            Held::Spent => Asks::Nothing,
        }
    }

    fn pinched(&mut self, fingers: [(i32, Point); 2], finger: Finger) -> Asks {
        let middle = |of: [(i32, Point); 2]| of[0].1.towards(of[1].1, 0.5);
        let mut next = fingers;
        let known = next.iter().position(|(id, _)| *id == finger.id);
        let Some(ix) = known else {
            return Asks::Nothing;
        };
        next[ix] = (finger.id, finger.at);
        let reach = |of: [(i32, Point); 2]| of[0].1.distance(of[1].1).max(1.0);
        let (before, after) = (middle(fingers), middle(next));
        let factor = reach(next) / reach(fingers);
        self.held = Held::Two(next);
        Asks::Pinch(factor, before, after.x - before.x, after.y - before.y)
    }

    /// Whether something is held by one finger, and this is another.
    fn is_others(&self, finger: Finger) -> bool {
        finger.id != self.id && !matches!(self.held, Held::Nothing | Held::Two(_))
    }

    /// A pointer goes up.
    pub fn up(&mut self, finger: Finger) -> Asks {
        let at = finger.at;
        if self.is_others(finger) {
            return Asks::Nothing;
        }
        let held = std::mem::take(&mut self.held);
        match held {
            Held::Pressed(first, ..) => Asks::Click(first.at, self.extend),
            Held::Node(id, from, _) => Asks::Drop(id, at.x - from.x, at.y - from.y),
            Held::Wire(id, dir, _) => Asks::Wire(id, dir, at),
            Held::Frame(from, _) => Asks::Choose(between(from, at), self.extend),
            // the finger that stays goes on moving the stage
            Held::Two(fingers) => {
                let other = fingers.iter().find(|(id, _)| *id != finger.id);
                if let Some((id, at)) = other {
                    self.id = *id;
                    self.held = Held::Stage(*at);
                }
                Asks::Nothing
            }
            Held::Nothing | Held::Stage(_) | Held::Spent => Asks::Nothing,
        }
    }

    /// The browser took the pointer away, or Escape was pressed: nothing has happened.
    pub fn cancel(&mut self) {
        self.held = Held::Nothing;
    }

    /// Time passes: a finger that rests asks for the menu.
    pub fn rested(&mut self, now_ms: f64) -> Option<Point> {
        match self.held {
            Held::Pressed(finger, _, since) if finger.touch && now_ms - since >= LONG_MS => {
                self.held = Held::Spent;
                Some(finger.at)
            }
            _ => None,
        }
    }

    /// Whether something is held that the stage should follow to its edges.
    #[must_use]
    pub fn carries(&self) -> Option<Point> {
        match self.held {
            Held::Node(_, _, at) | Held::Wire(_, _, at) | Held::Frame(_, at) => Some(at),
            _ => None,
        }
    }

    /// The stage moved under what is held: where it was taken moves too [px].
    pub fn carried(&mut self, dx: f64, dy: f64) {
        let shift = |at: Point| Point::new(at.x + dx, at.y + dy);
        self.held = match self.held {
            Held::Node(id, from, at) => Held::Node(id, shift(from), at),
            Held::Frame(from, at) => Held::Frame(shift(from), at),
            held => held,
        };
    }
}

/// What a press becomes when it moves.
fn begun(first: Finger, target: Option<Target>, at: Point, still: bool) -> Held {
    match target {
        Some(Target::Port(id, dir)) => Held::Wire(id, dir, at),
        Some(other) if !still && !first.extend => match other.node() {
            Some(id) => Held::Node(id, first.at, at),
            None => Held::Stage(at),
        },
        _ if first.extend => Held::Frame(first.at, at),
        _ => Held::Stage(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finger(id: i32, x: f64, y: f64) -> Finger {
        Finger {
            id,
            at: Point::new(x, y),
            touch: false,
            extend: false,
        }
    }

    fn touch(id: i32, x: f64, y: f64) -> Finger {
        Finger {
            touch: true,
            ..finger(id, x, y)
        }
    }

    const NODE: Option<Target> = Some(Target::Node(NodeId(3)));

    #[test]
    fn a_press_that_does_not_move_is_a_click() {
        let mut hand = Hand::default();
        hand.down(finger(1, 10.0, 10.0), NODE, 0.0);
        assert_eq!(hand.moved(finger(1, 13.0, 12.0), false), Asks::Nothing);
        assert_eq!(
            hand.up(finger(1, 13.0, 12.0)),
            Asks::Click(Point::new(10.0, 10.0), false)
        );
        assert_eq!(hand.held, Held::Nothing);
        assert_eq!(
            hand.moved(finger(1, 5.0, 5.0), false),
            Asks::Hover(Point::new(5.0, 5.0))
        );
    }

    #[test]
    fn what_lies_under_the_press_decides_what_a_move_means() {
        let ends = |target, still| {
            let mut hand = Hand::default();
            hand.down(finger(1, 0.0, 0.0), target, 0.0);
            let first = hand.moved(finger(1, 20.0, 0.0), still);
            hand.moved(finger(1, 30.0, 5.0), still);
            (first, hand.up(finger(1, 30.0, 5.0)))
        };
        assert_eq!(
            ends(NODE, false),
            (Asks::Nothing, Asks::Drop(NodeId(3), 30.0, 5.0))
        );
        assert_eq!(ends(NODE, true), (Asks::Pan(20.0, 0.0), Asks::Nothing));
        assert_eq!(ends(None, false), (Asks::Pan(20.0, 0.0), Asks::Nothing));
        let port = Some(Target::Port(NodeId(4), Dir::Out));
        let wire = Asks::Wire(NodeId(4), Dir::Out, Point::new(30.0, 5.0));
        assert_eq!(ends(port, true), (Asks::Nothing, wire));
    }

    #[test]
    fn shift_draws_a_frame_and_adds() {
        let mut hand = Hand::default();
        let shifted = |x, y| Finger {
            extend: true,
            ..finger(1, x, y)
        };
        hand.down(shifted(50.0, 50.0), None, 0.0);
        hand.moved(shifted(10.0, 20.0), false);
        assert_eq!(hand.carries(), Some(Point::new(10.0, 20.0)));
        let chosen = Asks::Choose(Rect::new(10.0, 20.0, 40.0, 30.0), true);
        assert_eq!(hand.up(shifted(10.0, 20.0)), chosen);
    }

    #[test]
    fn two_fingers_zoom_about_their_middle() {
        let mut hand = Hand::default();
        hand.down(touch(1, 100.0, 100.0), None, 0.0);
        hand.down(touch(2, 200.0, 100.0), None, 1.0);
        let asks = hand.moved(touch(2, 300.0, 100.0), false);
        assert_eq!(asks, Asks::Pinch(2.0, Point::new(150.0, 100.0), 50.0, 0.0));
        assert_eq!(hand.up(touch(2, 300.0, 100.0)), Asks::Nothing);
        assert_eq!(
            hand.moved(touch(1, 110.0, 100.0), false),
            Asks::Pan(10.0, 0.0)
        );
        // the stage already moved when the second finger came
        assert!(matches!(hand.held, Held::Stage(_)));
        hand.down(touch(7, 210.0, 100.0), None, 2.0);
        let asks = hand.moved(touch(1, 10.0, 100.0), false);
        assert_eq!(asks, Asks::Pinch(2.0, Point::new(160.0, 100.0), -50.0, 0.0));
    }

    #[test]
    fn a_finger_that_rests_asks_for_the_menu_once_and_clicks_no_more() {
        let mut hand = Hand::default();
        hand.down(touch(1, 40.0, 40.0), NODE, 1_000.0);
        assert_eq!(hand.rested(1_300.0), None);
        assert_eq!(hand.rested(1_600.0), Some(Point::new(40.0, 40.0)));
        assert_eq!(hand.rested(1_700.0), None);
        assert_eq!(hand.up(touch(1, 40.0, 40.0)), Asks::Nothing);
        hand.down(finger(1, 40.0, 40.0), NODE, 2_000.0);
        assert_eq!(hand.rested(9_000.0), None, "a mouse has another button");
        hand.cancel();
        assert_eq!(hand.held, Held::Nothing);
    }

    #[test]
    fn another_finger_does_not_take_over_what_one_holds() {
        let mut hand = Hand::default();
        hand.down(touch(1, 0.0, 0.0), NODE, 0.0);
        hand.moved(touch(1, 40.0, 0.0), false);
        hand.down(touch(2, 500.0, 500.0), None, 1.0);
        assert_eq!(hand.moved(touch(2, 520.0, 500.0), false), Asks::Nothing);
        assert_eq!(hand.up(touch(2, 520.0, 500.0)), Asks::Nothing);
        hand.moved(touch(1, 50.0, 0.0), false);
        assert_eq!(
            hand.up(touch(1, 50.0, 0.0)),
            Asks::Drop(NodeId(3), 50.0, 0.0)
        );
    }

    #[test]
    fn what_is_held_at_an_edge_stays_under_the_pointer() {
        let mut hand = Hand::default();
        hand.down(finger(1, 10.0, 10.0), NODE, 0.0);
        hand.moved(finger(1, 30.0, 10.0), false);
        hand.carried(-8.0, 0.0);
        assert_eq!(
            hand.up(finger(1, 30.0, 10.0)),
            Asks::Drop(NodeId(3), 28.0, 0.0)
        );
    }
}
