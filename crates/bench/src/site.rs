//! An application under test.
use crate::{
    Done,
    carebase::Carebase,
    fill::{Dataset, fill},
    fixture::Fixture,
    options::{Common, SECRET},
    place::Place,
    scenario::Name,
    wire::{Base, Load, Slice, visit},
};

/// And who lives there.
pub(crate) struct Site {
    pub carebase: Carebase,
    pub fixture: Fixture,
    pub place: Place,
}

impl Site {
    pub(crate) fn open(common: &Common, scale: f64) -> Done<Self> {
        let place = Place::fresh(common)?;
        Carebase::prepare(&place, common)?;
        let dataset = Dataset::new(scale, SECRET)?;
        fill(&place.location, &dataset)?;
        let carebase = Carebase::start(&place, common)?;
        let fixture = Fixture::of_town(&dataset, Base::at(carebase.child.address));
        Ok(Self { carebase, fixture, place })
    }

    pub(crate) fn ask(&self, name: Name, common: &Common) -> Done<Slice> {
        let load = Load::new(common.seconds, common.threads);
        let visitors = name.visitors(&self.fixture, common.connections)?;
        visit(&self.fixture.base, visitors, load, Some(self.carebase.child.pid()))
    }
}
