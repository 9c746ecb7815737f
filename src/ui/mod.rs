//! Draw functions: model in, cells out. Pure.
