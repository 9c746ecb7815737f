//! Reading a merchant's source: secrets in the tree and in git history.
