//! An application under test.
use crate::{
    Done,
    carebase::Carebase,
    cast::Cast,
    fill::{Town, fill},
    options::{Common, SECRET},
    place::Place,
    scenario::Name,
    wire::{Base, Load, Slice, visit},
};

/// And who lives there.
pub(crate) struct Site {
    pub carebase: Carebase,
    pub cast: Cast,
    pub place: Place,
}

impl Site {
    pub(crate) fn open(common: &Common, scale: f64) -> Done<Self> {
        let place = Place::fresh(common)?;
        Carebase::prepare(&place, common)?;
        let town = Town::new(scale, SECRET)?;
        fill(&place.location, &town)?;
        let carebase = Carebase::start(&place, common)?;
        let cast = Cast::of_town(&town, Base::at(carebase.child.address));
        Ok(Self { carebase, cast, place })
    }

    pub(crate) fn ask(&self, name: Name, common: &Common) -> Done<Slice> {
        let load = Load::new(common.seconds, common.threads);
        let visitors = name.visitors(&self.cast, common.connections)?;
        visit(&self.cast.base, visitors, load, Some(self.carebase.child.pid()))
    }
}
