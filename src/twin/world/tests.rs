//! Stories of the world.
