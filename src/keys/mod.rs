//! The one Action enum and the keymap.
