//! An application under test.
use crate::{
    Done,
    carebase::{Carebase, OtherServers},
    fill::{Dataset, fill, settle},
    fixture::Fixture,
    options::{Common, SECRET},
    scenario::Name,
    server_folder::ServerFolder,
    wire::{Base, Load, Slice, visit},
};
use std::time::Instant;

/// And who lives there.
pub(crate) struct Site {
    pub carebase: Carebase,
    pub fixture: Fixture,
    pub server_folder: ServerFolder,
}

impl Site {
    pub(crate) fn open(common: &Common, scale: f64) -> Done<Self> {
        let server_folder = ServerFolder::fresh(common)?;
        Carebase::prepare(&server_folder, common)?;
        let dataset = Dataset::new(scale, SECRET)?;
        fill(&server_folder.location, &dataset)?;
        let begun = Instant::now();
        Carebase::seal(&server_folder, common)?;
        say!("  all texts sealed  {:>18.1} s", begun.elapsed().as_secs_f64());
        settle(&server_folder.location)?;
        let carebase = Carebase::start(&server_folder, common, OtherServers::default())?;
        let fixture = Fixture::of_town(&dataset, Base::at(carebase.child.address));
        Ok(Self { carebase, fixture, server_folder })
    }

    /// A fresh process on the same data.
    pub(crate) fn restart(&mut self, common: &Common, others: OtherServers) -> Done {
        // First: one server for each SQLite file.
        self.carebase.child.end();
        self.carebase = Carebase::start(&self.server_folder, common, others)?;
        self.fixture.base = Base::at(self.carebase.child.address);
        Ok(())
    }

    pub(crate) fn ask(&self, name: Name, common: &Common) -> Done<Slice> {
        let load = Load::new(common.seconds, common.threads).at(name.pace());
        let visitors = name.visitors(&self.fixture, common.connections)?;
        visit(&self.fixture.base, visitors, load, Some(self.carebase.child.pid()))
    }
}
