"""What several formats have and Parley has not, as an import counts it."""

PREVIEWS = "previews of links"
PINS = "pins of messages"
DESCRIPTIONS = "descriptions of rooms that have a topic, too"
ELSEWHERE = "answers to messages of other rooms: they stand alone"
