//! The chosen parts: removed, copied, pasted, set out together.

use super::App;
use crate::platform::clipboard;
use crate::ui::mirror::mirror_id;
use crate::ui::msg::Msg;
use crate::ui::session::bench::picked_words;
use crate::ui::text::t;
use millrace_engine::base::sorted::SortedSet;
use millrace_engine::design::compose::{Clip, PASTE_SHIFT};
use millrace_engine::design::edit::Edit;
use yew::prelude::*;

impl App {
    /// Ids of what is chosen: the nodes in the frame, else what the inspector shows.
    pub(super) fn chosen_ids(&self) -> SortedSet<String> {
        let picked = self.session.borrow().picked();
        if !picked.is_empty() {
            return picked;
        }
        self.shell.chosen.iter().map(ToString::to_string).collect()
    }

    pub(super) fn remove(&mut self, id: Option<AttrValue>) -> bool {
        let picked = self.session.borrow().picked();
        let ids = match id {
            Some(id) if !picked.contains(&*id) => [id.to_string()].into(),
            _ => self.chosen_ids(),
        };
        let edit = self.design().removing(&ids);
        if edit == Edit::Many(Vec::new()) {
            return self.make_some(None);
        }
        let next = self.neighbour_of(&ids);
        self.session.borrow_mut().bench.picked.clear();
        self.session.borrow_mut().keep_camera();
        let drawn = self.make(edit);
        if let Some(next) = next {
            self.shell.focus = next.clone();
            self.focus_next = Some(mirror_id(&next));
        }
        drawn
    }

    /// A node that stays, for the focus.
    pub(super) fn neighbour_of(&self, ids: &SortedSet<String>) -> Option<AttrValue> {
        let design = self.design();
        let near = design.wires.iter().find_map(|wire| {
            let ends = [(&wire.from, &wire.to), (&wire.to, &wire.from)];
            let goes = |id: &String| ids.contains(id) || ids.contains(&wire.id);
            ends.into_iter()
                .find(|(gone, stays)| goes(gone) && !ids.contains(*stays))
                .map(|(_, stays)| stays)
        });
        let any = || {
            design
                .nodes
                .iter()
                .map(|node| &node.id)
                .find(|id| !ids.contains(*id))
        };
        near.or_else(any).map(|id| id.clone().into())
    }

    pub(super) fn clip(&self) -> Option<Clip> {
        let session = self.session.borrow();
        let clip = session
            .run
            .design()
            .clip(&self.chosen_ids(), &session.places());
        (!clip.nodes.is_empty()).then_some(clip)
    }

    pub(super) fn copy_chosen(&mut self, ctx: &Context<Self>) -> bool {
        let Some(clip) = self.clip() else {
            return self.make_some(None);
        };
        let (text, n) = (clip.text(), clip.nodes.len());
        self.clip = Some(clip);
        // for another tab; this one does without
        ctx.link().send_future(async move {
            clipboard::copy(text).await;
            Msg::Say(picked_words(n))
        });
        false
    }

    /// Copies and removes; what cannot be copied stays.
    pub(super) fn cut(&mut self, ctx: &Context<Self>) -> bool {
        if self.clip().is_none() {
            return self.make_some(None);
        }
        self.copy_chosen(ctx);
        self.remove(None)
    }

    pub(super) fn paste(&mut self, text: Option<&str>) -> bool {
        let clip = text.and_then(Clip::parse).or_else(|| self.clip.clone());
        self.paste_clip(clip.as_ref())
    }

    pub(super) fn paste_clip(&mut self, clip: Option<&Clip>) -> bool {
        let Some(clip) = clip else {
            return self.tell(vec![t("pick.no-clip").into()], false);
        };
        let down = self.session.borrow().height_of(clip) + PASTE_SHIFT;
        match self.design().pasting(clip, (PASTE_SHIFT, down)) {
            Ok((fresh, edit)) => {
                self.session.borrow_mut().keep_camera();
                let drawn = self.make(edit);
                self.session.borrow_mut().bench.picked = fresh.iter().cloned().collect();
                let design = self.design();
                let there = fresh.into_iter().filter(|id| design.node(id).is_some());
                if let Some(first) = there.into_iter().next() {
                    self.shell.focus = first.clone().into();
                    self.choose_quietly(first.into());
                }
                drawn
            }
            Err(error) => self.tell(vec![error.to_string().into()], true),
        }
    }

    pub(super) fn pick_all(&mut self) -> bool {
        let all = self
            .design()
            .nodes
            .into_iter()
            .map(|node| node.id)
            .collect();
        self.session.borrow_mut().bench.picked = all;
        self.say_picked()
    }

    pub(super) fn pick(&mut self, id: &str) -> bool {
        let mut session = self.session.borrow_mut();
        if session.run.design().node(id).is_some() && !session.bench.picked.remove(id) {
            // what was chosen alone before is one of several now
            if let Some(first) = self
                .shell
                .chosen
                .as_deref()
                .filter(|_| session.bench.picked.is_empty())
            {
                let first = first.to_owned();
                session.bench.picked.insert(first);
            }
            session.bench.picked.insert(id.to_owned());
        }
        drop(session);
        self.say_picked()
    }

    pub(super) fn say_picked(&mut self) -> bool {
        let mut session = self.session.borrow_mut();
        let n = session.picked().len();
        session.say(picked_words(n));
        session.hasten();
        drop(session);
        false
    }
}
