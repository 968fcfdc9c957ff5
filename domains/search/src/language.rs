//! Languages: which one a text is in, how its words are stemmed, and which of them say little.

use crate::words;
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::HashSet;
use std::sync::LazyLock;

/// A language with a stemmer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Language(usize);

/// Its tag, the name by which `whatlang` knows it, its stemmer, its words that say little.
type Row = (&'static str, whatlang::Lang, Algorithm, &'static str);

const LANGUAGES: &[Row] = &[
    ("en", whatlang::Lang::Eng, Algorithm::English, ENGLISH),
    ("de", whatlang::Lang::Deu, Algorithm::German, GERMAN),
    ("fr", whatlang::Lang::Fra, Algorithm::French, FRENCH),
    ("es", whatlang::Lang::Spa, Algorithm::Spanish, SPANISH),
    ("it", whatlang::Lang::Ita, Algorithm::Italian, ITALIAN),
    ("pt", whatlang::Lang::Por, Algorithm::Portuguese, PORTUGUESE),
    ("nl", whatlang::Lang::Nld, Algorithm::Dutch, DUTCH),
    ("sv", whatlang::Lang::Swe, Algorithm::Swedish, SWEDISH),
    ("da", whatlang::Lang::Dan, Algorithm::Danish, DANISH),
    ("no", whatlang::Lang::Nob, Algorithm::Norwegian, NORWEGIAN),
    ("fi", whatlang::Lang::Fin, Algorithm::Finnish, ""),
    ("hu", whatlang::Lang::Hun, Algorithm::Hungarian, ""),
    ("ro", whatlang::Lang::Ron, Algorithm::Romanian, ""),
    ("ru", whatlang::Lang::Rus, Algorithm::Russian, RUSSIAN),
    ("tr", whatlang::Lang::Tur, Algorithm::Turkish, ""),
    ("ar", whatlang::Lang::Ara, Algorithm::Arabic, ""),
    ("el", whatlang::Lang::Ell, Algorithm::Greek, ""),
];

const ENGLISH: &str = "a about am an and any are as at be been but by can cannot could did do does doesnt dont for from get had has have how i if im in into is isnt it its ive me my no not of on or our out so some than that the their them then there these they this to too up us was we were what when where which who why will with would you your";
const GERMAN: &str = "aber alle als am an auch auf aus bei bin bis bitte da damit das dass dem den der des die dies diese dieser doch du durch ein eine einem einen einer es fur hat habe haben hier ich ihr im in ist ja kann kein keine man mein meine mich mir mit muss nach nicht noch nur oder schon sein sich sie sind so uber um und uns unser vom von vor war was welche wenn wer werden wie wieso wir wird wo zu zum zur";
const FRENCH: &str = "a ai au aux avec avoir c ce ces cela cet cette comme comment d dans de des du elle en est et etre eux fait faire il ils j je l la le les leur lui m ma mais me mes moi mon n ne nos notre nous on ont ou par pas peut plus pour pourquoi puis qu quand que quel quelle qui s sa sans se ses si son sont sur t ta te tu un une vos votre vous y";
const SPANISH: &str = "a al algo como con cual cuando de del desde donde el ella en entre es esta este esto ha hay la las le lo los mas me mi mis muy no nos o para pero por porque puedo que quien se ser si sin sobre son su sus te tengo tu un una unos y ya yo";
const ITALIAN: &str = "a ad al alla alle anche che chi ci come con cosa da dal dei del della delle di dove e ed gli ha ho i il in io l la le lo ma mi mia mio ne nei nel nella non o per perche piu posso quale quando questa questo se si sono su sul suo tra tu un una uno vi";
const PORTUGUESE: &str = "a ao aos as com como da das de do dos e ela ele em entre essa esse esta este eu foi ha isso ja mais mas me meu minha muito na nao nas no nos o onde os ou para pela pelo por porque posso qual quando que quem se sem ser seu sua tem um uma voce";
const DUTCH: &str = "aan al als bij dan dat de deze die dit door een en er geen had heb hebben heeft het hij hoe ik in is je kan maar me mijn naar niet nog nu of om onze ook op over te tot uit van voor waar waarom was wat we wel wie wij worden wordt ze zich zij zijn zo";
const SWEDISH: &str = "att av de dem den det dig du eller en ett for fran han har hon hur i inte jag kan med men mig min mitt nar nu och om pa sa sig sin som till under upp ut vad var vi vilken ar";
const DANISH: &str = "af at de dem den der det dig du eller en er et for fra ham han har hun hvad hvor hvordan i ikke jeg kan med men mig min mit nar nu og om op pa sa sig som til ud var vi";
const NORWEGIAN: &str = "at av de dem den det deg du eller en er et for fra han har hun hva hvor hvordan i ikke jeg kan med men meg min mitt nar na og om opp pa sa seg som til ut var vi";
const RUSSIAN: &str = "без был была были быть в вас во вот все вы где да для до его ее если есть еще же за и из или им их к как какои когда кто ли меня мне мои мы на надо не нет но о об он она они от по почему при с со так такои там то тои только ты у уже что чтобы это этот я";

static STOPS: LazyLock<Vec<HashSet<&'static str>>> = LazyLock::new(|| LANGUAGES.iter().map(|row| row.3.split_whitespace().collect()).collect());

impl Language {
    /// By its BCP 47 tag; none without a stemmer.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_lowercase();
        let primary = if matches!(primary.as_str(), "nb" | "nn") { "no" } else { &primary };
        LANGUAGES.iter().position(|row| row.0 == primary).map(Self)
    }

    /// Told from a text that is long enough to be sure.
    pub fn guess(text: &str) -> Option<Self> {
        let begin: String = text.chars().take(2_000).collect();
        let info = whatlang::detect(&begin)?;
        let known = LANGUAGES.iter().position(|row| row.1 == info.lang()).map(Self)?;
        info.is_reliable().then_some(known)
    }

    /// Its tag.
    pub const fn tag(self) -> &'static str {
        LANGUAGES[self.0].0
    }

    /// The stem of a lower-case word, folded.
    pub fn stem(self, lower: &str) -> String {
        words::fold(&Stemmer::create(LANGUAGES[self.0].2).stem(lower))
    }

    /// Whether a folded word says little.
    pub fn says_little(self, folded: &str) -> bool {
        STOPS[self.0].contains(folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_stemmed_and_folded() {
        let german = Language::of_tag("de-AT").unwrap();
        assert_eq!(german.stem("rechnungen"), german.stem("rechnung"));
        assert_eq!(Language::of_tag("nb-NO").map(Language::tag), Some("no"));
        assert_eq!(Language::of_tag("xx"), None);
        assert!(german.says_little("der") && !german.says_little("rechnung"));
        let guess = Language::guess("Ich kann mich nicht anmelden, obwohl ich mein Passwort gestern geändert habe.");
        assert_eq!(guess.map(Language::tag), Some("de"));
        assert_eq!(Language::of_tag("fr").unwrap().stem("réinitialisées"), Language::of_tag("fr").unwrap().stem("réinitialisé"));
    }

    #[test]
    fn words_that_say_little_are_folded_as_they_are_looked_up() {
        for row in LANGUAGES {
            for word in row.3.split_whitespace() {
                assert_eq!(words::fold(word), word);
            }
        }
    }
}
