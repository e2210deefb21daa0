"""Lists of the irregular forms of words, as people write them down. Pure."""

from app.search.words.folding import folded


def lemmas(irregular: str) -> dict[str, str]:
    """What each form is a form of, in a list as "go: went gone, see: saw seen"; also where it has no accents."""
    entries = (entry.strip().split(": ") for entry in irregular.replace("\n", " ").split(","))
    found = {form: lemma for lemma, forms in entries for form in forms.split()}
    return {folded(form): lemma for form, lemma in found.items()} | found


SLAVIC = {
    "polish": lemmas("""
brat: bracia braci braciom braćmi braciach, człowiek: ludzie ludzi ludziom ludźmi ludziach,
dziecko: dzieci dziećmi dzieciom dzieciach, dzień: dnia dniu dniem dnie dni dniom dniami dniach, miasto: mieście,
oko: oczy oczu oczom oczami oczach, pieniądze: pieniędzy pieniędzmi, przyjaciel: przyjaciół,
tydzień: tygodnia tygodniu tygodniem tygodnie tygodni tygodniom tygodniami tygodniach,
iść: idę idzie idą szedł szła szli, pójść: pójdę pójdzie poszedł poszła poszli,
przyjść: przyjdę przyjdzie przyszedł przyszła przyszli"""),
    "czech": lemmas("""
člověk: lidé lidi lidí lidem lidmi lidech, den: dne dnu dnem dny dní dnů dnům dnech,
dítě: dítěte děti dětí dětem dětmi dětech, přítel: přátelé přátel přátelům, jít: jde jdu jdou šel šla šli,
přijít: přijde přijdu přijdou přišel přišla přišli"""),
    "russian": lemmas("""
человек: люди людей людям людьми людях, время: времени временем времена времен временам временами временах,
день: дня дню днем дне дни дней дням днями днях, друг: друзья друзей друзьям друзьями друзьях,
имя: имени именем имена имен именам именами именах, ребенок: дети детей детям детьми детях,
идти: иду идет идут шел шла шло шли, прийти: приду придет придут пришел пришла пришло пришли,
уйти: уйду уйдет уйдут ушел ушла ушло ушли"""),
    "ukrainian": lemmas("""
день: дня дню дні днем днів дням днями днях, друг: друзі друзів друзям друзями друзях,
дитина: діти дітей дітям дітьми дітях, імя: імені іменем імена імен іменам іменами іменах,
людина: люди людей людям людьми людях, око: очі очей очам очима очах,
тиждень: тижня тижню тижні тижнем тижнів тижням тижнями тижнях, йти: йду йде йдуть йшов йшла йшло йшли,
піти: піду піде підуть пішов пішла пішло пішли, прийти: прийду прийде прийдуть прийшов прийшла прийшло прийшли"""),
}
