//! What an admin changes at run time: brand, texts, limits.
