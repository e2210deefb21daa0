"""What the app keeps of the search."""

from aiohttp import web

from app.search.index.doorbell import Doorbell
from app.search.index.follower import Follower
from app.search.service import Search

DOORBELL = web.AppKey("doorbell", Doorbell)
SEARCH = web.AppKey("search", Search)

# Features above this one add themselves before the start: each is given the changes of rooms that a pass of the index
# has read, in its transaction, so that it gets each change once, in order, whatever dies; then it is committed.
FOLLOWERS: web.AppKey[list[Follower]] = web.AppKey("followers")
