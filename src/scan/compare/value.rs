//! What is known of a value: the MACs that it comes from, by itself or through a parameter.

/// Where a MAC is computed: the file, and the node in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Origin {
    /// The place of the file.
    pub file: u32,
    /// The node of the call.
    pub node: u32,
}

/// One thing that is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Atom {
    /// It is a MAC, in whatever encoding.
    Mac(Origin),
    /// It is a MAC that compares itself in constant time.
    Guarded(Origin),
    /// It is an object that yields a MAC.
    Maker(Origin),
    /// It is what this parameter is.
    Param(u32),
    /// It is what the object in this parameter yields.
    Yield(u32),
    /// The same, guarded.
    YieldGuarded(u32),
}

/// At most so many things are known of one value, so that time stays in proportion.
const MOST: usize = 12;

/// At most so many parts.
const MOST_PARTS: usize = 8;

/// What is known of a value; nothing for most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    atoms: Vec<Atom>,
    parts: Vec<(String, Vec<Atom>)>,
}

impl Value {
    /// A value of which one thing is known.
    pub fn of(atom: Atom) -> Self {
        Self { atoms: vec![atom], parts: Vec::new() }
    }

    /// A value of which these things are known.
    pub fn from_atoms(atoms: impl IntoIterator<Item = Atom>) -> Self {
        let mut value = Self::default();
        value.add(atoms);
        value
    }

    /// What is known of the value itself.
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.atoms.is_empty() && self.parts.is_empty()
    }

    /// Whether anything is known of its parts.
    pub fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Adds what is known; whether anything is new.
    pub fn add(&mut self, atoms: impl IntoIterator<Item = Atom>) -> bool {
        let before = self.atoms.len();
        for atom in atoms {
            insert(&mut self.atoms, atom);
        }
        self.atoms.len() > before
    }

    /// Adds all that is known of another value; whether anything is new.
    pub fn join(&mut self, other: &Self) -> bool {
        let mut grew = self.add(other.atoms.iter().copied());
        for (name, atoms) in &other.parts {
            for atom in atoms {
                grew |= self.add_part(name, *atom);
            }
        }
        grew
    }

    /// Adds what is known of a part; whether it is new.
    pub fn add_part(&mut self, name: &str, atom: Atom) -> bool {
        if let Some((_, atoms)) = self.parts.iter_mut().find(|(known, _)| known == name) {
            return insert(atoms, atom);
        }
        if self.parts.len() >= MOST_PARTS {
            return false;
        }
        self.parts.push((name.to_owned(), vec![atom]));
        true
    }

    /// What is known of a part: of that one, where any are told apart, else of the whole.
    pub fn part(&self, name: &str) -> Self {
        let known = self.parts.iter().find(|(part, _)| part == name).map(|(_, atoms)| atoms);
        let mut part = Self::from_atoms(known.into_iter().flatten().copied());
        if self.parts.is_empty() || name.is_empty() {
            part.add(self.atoms.iter().copied());
        }
        part
    }

    /// What is known of any of its elements.
    pub fn element(&self) -> Self {
        let parts = self.parts.iter().flat_map(|(_, atoms)| atoms.iter().copied());
        Self::from_atoms(self.atoms.iter().copied().chain(parts))
    }

    /// Its parts alone.
    pub fn without_whole(&self) -> Self {
        Self { atoms: Vec::new(), parts: self.parts.clone() }
    }

    /// The value with each atom replaced.
    pub fn map(&self, with: impl Fn(Atom, &mut Vec<Atom>)) -> Self {
        let replaced = |atoms: &[Atom]| {
            let mut out = Vec::new();
            for atom in atoms {
                with(*atom, &mut out);
            }
            out
        };
        let mut value = Self::from_atoms(replaced(&self.atoms));
        for (name, atoms) in &self.parts {
            for atom in replaced(atoms) {
                value.add_part(name, atom);
            }
        }
        value
    }
}

fn insert(atoms: &mut Vec<Atom>, atom: Atom) -> bool {
    match atoms.binary_search(&atom) {
        Ok(_) => false,
        Err(_) if atoms.len() >= MOST => false,
        Err(at) => {
            atoms.insert(at, atom);
            true
        }
    }
}
