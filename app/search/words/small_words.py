"""The small words that every text of a language is full of. Pure.

Frequent in one of these languages and rare, or another word, in the others; most are one word in 20,000 of wordfreq's
texts and more. One that is frequent in several stands in each.
"""

SMALL_WORDS = {
    "english": "he new good time some only then about into our than over back after use work first well way even want "
    "any these give most very old see done need make let's thanks yes tomorrow today yesterday morning "
    "which her him she their them does did been were had got get one all out up who the and of to is in "
    "it you that was for are with this have not but be on as at we they what can will from i'm it's "
    "don't my your me if so or by an there when has just now please should would could how why am i'd "
    "i'll i've you're that's he's what's there's can't doesn't didn't isn't because here may much where "
    "like know think said right really too going being before never always great every same while such "
    "still those take find look help another each without both around something anything nothing "
    "everything someone everyone yet already until sure maybe try trying getting working looking says "
    "told seen left against during between having things",
    "german": "in an so gut gute neue neuer diese dieser dieses kein keine mehr sehr gibt hier dann wieder immer danke "
    "wollen können müssen muss will unser unsere ihr sein war waren zum zur einem einer beim durch "
    "gegen jetzt der die das und ist nicht ich wir sie es ein eine einen dem den mit auf für von zu im "
    "auch noch wie aber haben habe hat kann wird sind bei nach aus dass oder wenn schon mal bitte heute "
    "morgen nur mir euch uns vom als des du er um am bin bist sich über unter vor bis doch ja nein mich "
    "dich ihm ihn ihnen ihre ihrer ihren meine meinen mein dein deine seine seinen denn damit ob weil "
    "etwas alles nichts alle zwei drei wurde wurden würde wäre hatte hätte könnte sollte soll sollen "
    "lassen machen mache macht geht gehen kommt kommen weiß gerade einfach ganz genau vielleicht "
    "wirklich warum wo wer was welche jede jeder diesem diesen ohne zwischen während seit zurück viel "
    "viele uhr leider gerne ende neuen neues",
    "french": "on me nouveau nouvelle bon bonne deux tous toute avoir faut peut demain matin salut bonjour voici voilà "
    "le la les des et est pas je nous vous il elle une du que qui dans pour sur avec ce cette mais au "
    "aux son sa ses ont sont c'est j'ai plus tout bien fait être leur où merci aujourd'hui chez très un "
    "de en ne se si tu y par comme ils mon ma mes aussi moi toi ces quand après avant suis es sans "
    "encore alors avait était autre autres peu rien toujours jamais voir vois depuis donc notre votre "
    "nos vos sous moins dont déjà quoi soit sera trop leurs juste oui non vraiment ainsi beaucoup parce "
    "cela ça trois jour jours ici toutes cet chose doit dois pourquoi plusieurs quelques peux pouvez "
    "veux maintenant pense faire fais reste passe va dit mal lui entre",
    "spanish": "me ni nuevo nueva bueno buena dos todos tengo hace hacer quiero puedo hola donde este ese eso mi tu te "
    "el los las y es no que de en un una por con para se lo su al del más pero como está son muy ya hay "
    "esto esta yo nos les fue ser tiene puede cuando todo bien hoy mañana gracias porque también aquí "
    "vamos la si sus mis así hasta ahora mejor mucho muchas muchos tan mismo siempre después antes "
    "están estoy estamos otro otra otros esa ellos cómo qué quién cuál hecho sólo solo aunque decir "
    "dice soy eres tienen tenemos tienes alguien nadie algo nada voy va luego pueden puedes pues "
    "mientras desde sin sobre entre había era han hemos he tres uno unos unas quiere quieres aún "
    "todavía entonces buenas buenos nuestra nuestro usted mes",
    "italian": "in voglio vuoi posso devo siamo abbiamo ciao nuovo nuova buona tutto tutti quello dove quando stato "
    "sta il lo gli è non che di un una per con si del della dei delle nel nella sono ho ha questo "
    "questa più ma come anche ci mi ti sul dal alla al fatto bene oggi domani grazie perché molto "
    "essere la da le se ad io lui lei loro tra fra fare così dopo prima poi chi ancora senza ogni altri "
    "altro altra ora mio mia può sulla nei già quella quindi tuo suo noi voi dai alle agli degli stata "
    "anni qualcosa sempre uno solo su dice era va sua",
    "portuguese": "me dois os as é não que de do da dos das em um uma por com para se no na nos nas mais mas "
    "como está são "
    "muito já isso esta eu ele ela foi ser tem pode quando tudo bem hoje amanhã obrigado também aqui "
    "você ao pela pelo até mesmo ainda fazer agora quem depois onde vou vamos esse esses estão estou há "
    "tenho temos foram aos sou seu sua meu minha mim então nem nós qualquer sim alguém coisa vai antes "
    "nada porque sobre todo todos este estamos entre era desde sempre",
    "polish": "mi nas jeden jedna dwa moja mój moje nowy nowa dobry dobra ma mamy można trzeba tutaj teraz wszystko w "
    "nie na się to jest z do że jak co tak po za od dla czy już ale są mam był była było być przez "
    "tylko jeszcze może mnie ci my wy ten ta te tej tego jutro dziś dzisiaj proszę dzięki bardzo gdzie "
    "kiedy tym tych też bo oraz będzie będą będę jego jej ich sobie jeśli jeżeli które który która "
    "których jestem jesteś jesteśmy nawet coś ktoś nic nikt kto więc gdy żeby jednak lub wiem wiesz "
    "przy przed nad pod bez więcej także również tam takie taki taka masz mają zawsze nigdy właśnie "
    "dlaczego dlatego dobrze trzy kilka każdy każdego cały wszyscy wszystkich wszystkie nasz nasi nasza "
    "nasze nowi nowych chcę możesz możemy musimy muszę został została ja ty tu jako",
    "czech": "já jeden jedna dva moje můj nový nová dobrý dobrá má máme musí tady teď všechno také tak se je na to "
    "že v z do ne jsem jak co po za od pro už ale jsou mám byl byla bylo být jen ještě může mě my vy "
    "ten ta ty tu toho zítra dnes prosím díky velmi kde když který která nebo jako si by ve mi bude "
    "budu budeme budou jsme jste jsi které kteří jeho jejich její až není než před při bych bys protože "
    "proto první podle pokud tom tím tomu něco nic někdo nikdo mezi nás vás nám vám proč čtvrt tři dvě "
    "celý moc více víc další každý všichni všechny naše naši náš nové noví taky takže však místo můžete "
    "můžu možná chci chceš musíme musím vždy nikdy dobře odkud kolik zase právě potřebuju bez nad pod "
    "tam",
    "dutch": "me nu de het een en is niet ik je wij we zij van in op te dat die met voor aan zijn er maar ook als naar "
    "bij nog hebben heeft kan wordt uit over dan wat hoe waar morgen vandaag graag deze dit geen wel "
    "moet om hij door meer zo mijn jouw tot heb hebt haar hun kunnen veel goed gaan gaat onze ons wil "
    "willen zou zouden doen doe dus tegen maken alleen weer zien eens toch heel iets niets omdat ga "
    "jullie weet waarom altijd tussen alle alles hier ja waren wie was",
    "swedish": "ta ja sin och är att det som en ett på för inte jag du vi ni han hon den med av till har kan "
    "om men så från "
    "eller när vad hur var idag imorgon tack ska skulle bara också här där mycket alla detta denna min "
    "din de mig dig sig då nu kommer vill får blir bli bra finns hade ju lite upp ut gör göra över allt "
    "måste går någon något andra kanske vid ingen inget sen utan fick oss dem säger aldrig alltid många "
    "två varför",
    "turkish": "bir bu ve için çok yok biz siz onlar değil ama daha gibi kadar sonra önce şimdi bugün yarın dün "
    "evet hayır tamam teşekkürler lütfen merhaba selam olarak olan oldu olur olacak olsun benim senin "
    "bizim sizin onun bana sana bize size beni seni bizi sizi onu ile veya şey neden nasıl nerede hangi "
    "kimse hep hiç bazı bütün tüm zaman gün saat iyi güzel yeni büyük küçük ilk diye göre karşı üzere "
    "ise mı mü mısın misin musun değilim değiliz yapmak yaptı yapıyor geldi geliyor gitti gidiyor dedi "
    "diyor istiyorum istiyor lazım gerek gerekiyor belki sadece bile artık hala henüz biraz fazla az "
    "böyle şöyle öyle burada orada şu buna bunu bunun şunu iki tek yer türkiye aynı tarafından türk "
    "doğru olduğunu kendi olduğu birlikte devam diğer önemli yıl içinde olmak çünkü ancak başka biri "
    "işte arasında insanlar şekilde istanbul dünya genel hemen yine uzun eden hakkında alan geri",
}
