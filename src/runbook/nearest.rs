//! "Did you mean …?": the known name that is closest to a mistyped one.

/// The closest of `names` to `typed`, when it is close enough to be meant.
#[must_use]
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let same = |a: &str, b: &str| {
        let bare = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
        bare(a) == bare(b)
    };
    names
        .into_iter()
        .filter_map(|name| {
            if same(typed, name) {
                return Some((0, name));
            }
            let distance = strsim::damerau_levenshtein(typed, name);
            (distance <= name.chars().count().max(3) / 3).then_some((distance, name))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The same as a hint.
#[must_use]
pub fn did_you_mean<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(typed, names).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_name_and_another_word_does_not() {
        let names = ["severity", "sign_off", "title", "why"];
        assert_eq!(nearest("severty", names), Some("severity"));
        assert_eq!(nearest("sign-off", names), Some("sign_off"));
        assert_eq!(nearest("signoff", names), Some("sign_off"));
        assert_eq!(nearest("owner", names), None);
    }
}
