"""Lists of the irregular forms of words, as people write them down. Pure."""

from app.search.words.folding import folded


def lemmas(irregular: str) -> dict[str, str]:
    """What each form is a form of, in a list as "go: went gone, see: saw seen"; also where it has no accents."""
    entries = (entry.strip().split(": ") for entry in irregular.replace("\n", " ").split(","))
    found = {form: lemma for lemma, forms in entries for form in forms.split()}
    return {folded(form): lemma for form, lemma in found.items()} | found


IRREGULAR = {
    "polish": lemmas("""
brat: bracia braci braciom braćmi braciach, człowiek: ludzie ludzi ludziom ludźmi ludziach,
dziecko: dzieci dziećmi dzieciom dzieciach, dzień: dnia dniu dniem dnie dni dniom dniami dniach, miasto: mieście,
oko: oczy oczu oczom oczami oczach, pieniądze: pieniędzy pieniędzmi, przyjaciel: przyjaciół,
tydzień: tygodnia tygodniu tygodniem tygodnie tygodni tygodniom tygodniami tygodniach, ciało: ciele, kwiat: kwiecie,
las: lesie, lato: lecie, obiad: obiedzie, świat: świecie, światło: świetle,
pies: psa psu psem psie psy psów psom psami psach, ręka: rąk,
iść: idę idziesz idzie idziemy idziecie idą szedł szła szli,
pójść: pójdę pójdziesz pójdzie pójdziemy poszedł poszła poszli,
przyjść: przyjdę przyjdziesz przyjdzie przyjdziemy przyszedł przyszła przyszli,
jechać: jadę jedziesz jedzie jedziemy jadą, pojechać: pojadę pojedziesz pojedzie pojedziemy pojadą,
móc: mogę możesz może możemy możecie mogą mógł mogła mogło mogli mogłem mogłam mogliśmy,
pisać: piszę piszesz pisze piszemy piszecie piszą pisz, napisać: napiszę napiszesz napisze napiszemy napiszą napisz"""),
    "czech": lemmas("""
člověk: lidé lidi lidí lidem lidmi lidech, den: dne dnu dnem dny dní dnů dnům dnech,
dítě: dítěte děti dětí dětem dětmi dětech, přítel: přátelé přátel přátelům, jít: jde jdu jdou šel šla šli,
přijít: přijde přijdu přijdou přišel přišla přišli, pes: psa psu psem psi psy psů psům psech,
psát: píšu píšeš píše píšeme píšete píšou piš pište,
napsat: napíšu napíšeš napíše napíšeme napíšete napíšou napiš napište,
říct: řekl řekla řekli řeknu řekneš řekne řekneme řeknou řekni řekněte"""),
    "russian": lemmas("""
человек: люди людей людям людьми людях, время: времени временем времена времен временам временами временах,
день: дня дню днем дне дни дней дням днями днях, друг: друзья друзей друзьям друзьями друзьях,
имя: имени именем имена имен именам именами именах, ребенок: дети детей детям детьми детях,
мать: матери матерью матерей матерям матерями матерях, дочь: дочери дочерью дочерей дочерям дочерями дочерях,
идти: иду идет идут шел шла шло шли, прийти: приду придет придут пришел пришла пришло пришли,
уйти: уйду уйдет уйдут ушел ушла ушло ушли, найти: найду найдешь найдет найдем найдут нашел нашла нашло нашли найди,
мочь: могу можешь может можем можете могут мог могла могло могли"""),
    "ukrainian": lemmas("""
день: дня дню дні днем днів дням днями днях, друг: друзі друзів друзям друзями друзях,
дитина: діти дітей дітям дітьми дітях, імя: імені іменем імена імен іменам іменами іменах,
людина: люди людей людям людьми людях, око: очі очей очам очима очах, любов: любові любовю,
тиждень: тижня тижню тижні тижнем тижнів тижням тижнями тижнях, йти: йду йде йдуть йшов йшла йшло йшли,
піти: піду піде підуть пішов пішла пішло пішли, прийти: прийду прийде прийдуть прийшов прийшла прийшло прийшли,
могти: можу можеш може можемо можете можуть міг могла могло могли"""),
    "french": lemmas("""
aller: vais vont irai ira iras irons iront aille, apprendre: apprends apprend apprenons apprenez apprennent appris,
attendre: attends attend attendu, boire: bois boit buvons boivent,
comprendre: comprends comprend comprenons comprenez comprennent compris,
connaître: connais connaît connaissons connaissez connaissent connu connue,
croire: crois croit croyons croyez croient cru,
devoir: dois doit devons devez doivent dû devait devrait devrais devra,
dire: dis dit dites disent disait disais dira dirait,
écrire: écris écrit écrite écrits écrivons écrivez écrivent écrivait, entendre: entends entend entendu,
envoyer: envoie envoies envoient enverra enverrai, essayer: essaie essaies essaient,
faire: fais fait faite faits faites font fera ferai feras feront ferait faisait faisons fasse fassent,
lire: lis lisons lisez lisent lu, mettre: mets met mis, obtenir: obtiens obtient obtenu, offrir: offert offerte,
ouvrir: ouvert ouverte ouverts, payer: paie paies paient, perdre: perds perd perdu, permettre: permets permet permis,
pouvoir: peux peut pouvons pouvez peuvent pu pouvait pourrait pourrais pourra puisse,
prendre: prends prend prenons prenez prennent pris, recevoir: reçois reçoit reçoivent reçu reçue reçus,
rendre: rends rend rendu, répondre: réponds répond répondu,
revenir: reviens revient reviennent revenu revenue reviendra,
savoir: sais sait savons savez savent su saurait saura sache, sortir: sors sort, tenir: tiens tient tiennent tenu,
vendre: vends vend vendu vendue, venir: viens vient viennent vienne venu venue venus viendra viendrai,
voir: vois voit voyons voyez voient vu vue verra,
vouloir: veux veut voulons voulez veulent voulu voulais voulait voudrais voudrait voudra"""),
    "spanish": lemmas("""
abrir: abierto abierta, conocer: conozco conozca,
decir: digo dice dices dicen diga digan dije dijo dijimos dijeron dicho diré dirá diría diciendo,
dormir: durmió durmieron durmiendo, elegir: elijo elige eligió, escribir: escrito escrita,
hacer: hago haga hagan hagamos hice hizo hicimos hicieron hecho hecha haré hará haremos haría haz,
jugar: juego juegas juega juegan juegue, morir: murió murieron muerto, oír: oigo oye oyen oyó,
pedir: pido pides pide piden pidió pidieron pida pidan pidiendo,
poder: pude pudo pudieron podré podrá podría podrían pudiera,
poner: pongo ponga pongan puse puso pusimos pusieron puesto puesta pondré pondrá pondría,
querer: quise quiso quisieron quisiera, repetir: repito repite repiten repitió, resolver: resuelto resuelta,
romper: roto rota, saber: sepa supe supo sabré sabrá sabría, salir: salgo salga salgan saldré saldrá saldría,
seguir: sigo sigue sigues siguen siguió siguieron siga sigan siguiendo, servir: sirve sirven sirvió,
tener: tengo tenga tengan tuve tuvo tuvimos tuvieron tuviera tendré tendrá tendremos tendría tendrían,
traer: traigo traiga traje trajo trajeron, venir: vengo venga vengan vinieron vendré vendrá vendrían viniendo,
ver: veo visto vimos vieron, volver: vuelto vuelta"""),
    "italian": lemmas("""
andare: vado vai vanno andiamo andato andata andati andate andando, aprire: aperto aperta,
chiedere: chiedo chiedi chiede chiediamo chiedono chiesto chiesta, chiudere: chiuso chiusa, decidere: deciso decisa,
dire: dico dici dice diciamo dicono detto detta dicendo,
dovere: devo devi deve dobbiamo devono dovuto dovrebbe dovrei dovremmo,
fare: faccio fai facciamo fanno fatto fatta fatti faccia facendo farò farà, leggere: leggo leggi legge letto letta,
mettere: metto metti mette messo messa, perdere: perso persa,
potere: posso puoi può possiamo possono potuto potrei potrebbe potremmo, prendere: prendo prendi prende preso presa,
rispondere: rispondo risponde risposto, sapere: sai sappiamo sanno saputo, scegliere: scelgo sceglie scelto scelta,
scrivere: scrivo scrivi scrive scriviamo scrivono scritto scritta scritti, tenere: tengo tieni tiene tengono,
uscire: esco esci esce escono, vedere: visto visti, venire: vengo vieni viene vengono venuto venuta verrò verrà,
volere: voglio vuoi vuole vogliamo vogliono voluto vorrei vorrebbe vorremmo"""),
    "portuguese": lemmas("""
abrir: aberto aberta, dizer: digo diz dizem disse disseram dito diga dirá, escrever: escrito escrita,
fazer: faço faz fazem fiz fez fizeram feito feita faça façam fará, ouvir: ouço, pedir: peço peça, perder: perco,
poder: posso podemos podem pude pôde puderam possa possam poderia poderá, pôr: ponho põe pôs posto,
querer: quero quer querem quis quiseram queria, saber: sei soube souberam, seguir: sigo,
trazer: trago traz trazem trouxe trouxeram, ver: vejo vê viu viram visto vista, vir: venho vem vêm veio vieram"""),
}
