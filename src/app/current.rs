//! The launch as it stands now, computed once per change and kept.
//!
//! Owned by the model. With 10,000 steps a fold per key would be felt, so the standing is computed
//! only when entries, world or (at the moment it said itself) time change it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::launch::Launch;
use crate::launch::event::Entry;
use crate::launch::standing::{SectionStanding, Standing, StepStanding, World};
use crate::runbook::model::{Runbook, Section, Step, StepId};
use crate::time::Timestamp;

/// One row of the outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// A blank row between sections.
    Gap,
    /// A section's title, by its number.
    Section(usize),
    /// A step, by its number among all steps and that of its section.
    Step(usize, usize),
}

/// The launch, what is known about the world, and where that leaves each step.
#[derive(Clone, Debug)]
pub struct Current {
    launch: Launch,
    world: World,
    now: Timestamp,
    standing: Arc<Standing>,
    runbook: Arc<Runbook>,
    rows: Vec<Row>,
    /// Step number → row.
    row_of: Vec<usize>,
    /// Step number → section and place in it.
    places: Vec<(usize, usize)>,
    number_of: HashMap<StepId, usize>,
    /// Step number → what a search looks at, in lower case.
    haystack: Vec<String>,
}

impl Current {
    /// The launch at `now` in that world.
    #[must_use]
    pub fn new(launch: Launch, world: World, now: Timestamp) -> Self {
        let runbook = Arc::clone(launch.runbook());
        let standing = Arc::new(launch.standing(now, &world));
        let mut current = Self {
            launch,
            world,
            now,
            standing,
            runbook: Arc::clone(&runbook),
            rows: Vec::new(),
            row_of: Vec::new(),
            places: Vec::new(),
            number_of: HashMap::new(),
            haystack: Vec::new(),
        };
        for (number, section) in runbook.sections.iter().enumerate() {
            if number > 0 {
                current.rows.push(Row::Gap);
            }
            current.rows.push(Row::Section(number));
            for (place, step) in section.steps.iter().enumerate() {
                let step_number = current.places.len();
                current.haystack.push(format!("{} {}", step.id, step.title).to_lowercase());
                current.number_of.insert(step.id.clone(), step_number);
                current.row_of.push(current.rows.len());
                current.places.push((number, place));
                current.rows.push(Row::Step(step_number, number));
            }
        }
        current
    }

    /// Takes in new journal entries.
    pub fn apply(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.launch.apply(entry);
            // An entry of our own may be younger than the last `Now`; time must not run behind it.
            self.now = self.now.max(entry.at);
        }
        self.refresh();
    }

    /// Takes in a new look at the world.
    pub fn look(&mut self, world: World) {
        if world != self.world {
            self.world = world;
            self.refresh();
        }
    }

    /// Takes in the time; whether that changed where anything stands.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        let due = self.standing.changes_at.is_some_and(|at| now >= at) || now < self.now;
        self.now = now;
        if due {
            self.refresh();
        }
        due
    }

    fn refresh(&mut self) {
        self.standing = Arc::new(self.launch.standing(self.now, &self.world));
    }

    /// The launch.
    #[must_use]
    pub fn launch(&self) -> &Launch {
        &self.launch
    }

    /// The runbook.
    #[must_use]
    pub fn runbook(&self) -> &Runbook {
        &self.runbook
    }

    /// The time as last told.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Where everything stands.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// How many steps there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether the runbook has no step at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The outline's rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What a search looks at, by step number, in lower case.
    #[must_use]
    pub fn haystack(&self) -> &[String] {
        &self.haystack
    }

    /// The row of a step.
    #[must_use]
    pub fn row_of(&self, number: usize) -> usize {
        self.row_of.get(number).copied().unwrap_or(0)
    }

    /// The number of a step.
    #[must_use]
    pub fn number_of(&self, step: &StepId) -> Option<usize> {
        self.number_of.get(step).copied()
    }

    /// The number of a step's section.
    #[must_use]
    pub fn section_number(&self, number: usize) -> Option<usize> {
        self.places.get(number).map(|(section, _)| *section)
    }

    /// The number of a section's first step.
    #[must_use]
    pub fn first_of(&self, section: usize) -> Option<usize> {
        let at = self.places.partition_point(|(number, _)| *number < section);
        self.places.get(at).filter(|(number, _)| *number == section).map(|_| at)
    }

    /// The step with that number, with its section and where it stands.
    #[must_use]
    pub fn step(&self, number: usize) -> Option<Here<'_>> {
        let (section, place) = *self.places.get(number)?;
        let section_model = self.runbook.sections.get(section)?;
        Some(Here {
            number,
            section: section_model,
            step: section_model.steps.get(place)?,
            section_standing: self.standing.sections.get(section),
            standing: self.standing.steps.get(number),
        })
    }
}

/// A step with everything that is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// Its number among all steps.
    pub number: usize,
    /// Its section.
    pub section: &'a Section,
    /// The step.
    pub step: &'a Step,
    /// Where its section stands.
    pub section_standing: Option<&'a SectionStanding>,
    /// Where it stands.
    pub standing: Option<&'a StepStanding>,
}
