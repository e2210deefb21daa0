"""What several formats have and Parley has not, as an import counts it."""

PINS = "pins of messages"
DESCRIPTIONS = "descriptions of rooms that have a topic, too"
ELSEWHERE = "answers to messages of other rooms: they stand alone"
