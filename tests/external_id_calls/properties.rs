//! No code, however strange, ends the check or keeps it busy.

use std::path::{Path, PathBuf};

use golive::scan::calls::{Sends, call_text};
use golive::scan::syntax::Language;
use proptest::prelude::*;

use crate::samples::files;

fn samples() -> Vec<(String, String)> {
    let folder: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/external_id_calls/samples");
    files(&folder).into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_cut_or_changed_code_breaks_it(
        which in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        with in "[\\[\\](){}\"'`$#\\\\:,.=\u{e9}\u{1f389}\u{1}\u{2}\u{3}]{0,6}",
    ) {
        let samples = samples();
        let (name, text) = &samples[which.index(samples.len())];
        let mut at = cut.index(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let (head, tail) = text.split_at(at);
        let changed = format!("{head}{with}{tail}");
        let language = Language::of(Path::new(name)).unwrap();
        let _ = call_text(name, language, &changed);
        let _ = call_text(name, language, &format!("{head}{with}"));
    }
}

#[test]
fn nesting_and_repetition_do_not_exhaust_it() {
    let nested = format!(
        "fetch('https://api.mintcash.me/payments', {{ method: 'POST', body: JSON.stringify({}1{}) }});",
        "{ a: ".repeat(3000),
        " }".repeat(3000)
    );
    let calls = "f(".repeat(3000) + "'/payments'" + &")".repeat(3000);
    let again = "body = { ...body, ...body, a: x + y + z };\n".repeat(300);
    let spread = format!(
        "let body = {{}};\n{again}fetch('https://api.mintcash.me/payments', {{ method: 'POST', body: JSON.stringify(body) }});\n"
    );
    let texts = "url = url + url + '/payments';\n".repeat(300) + "mintcash.post(url, {});\n";
    let many = "mintcash.post(`/payments/${id}/refund`, { amount: cents, reason: why(x) });\n"
        .repeat(2000);
    for text in [nested, calls, spread, texts, many] {
        let _ = call_text("pay.js", Language::JavaScript, &text);
    }
    let functions: String = (0..200)
        .map(|n| format!("def f{n}(body):\n    return f{}(dict(body))\n", (n + 1) % 200))
        .collect();
    let code =
        format!("{functions}\nrequests.post('https://api.mintcash.me/payments', json=f0({{}}))\n");
    let found = call_text("pay.py", Language::Python, &code);
    assert!(matches!(found.found[0].sends, Sends::Unclear(_)), "{:?}", found.found);
}
