"""What the app keeps for bringing in."""

from aiohttp import web

from app.bringing.job import Job

JOB = web.AppKey("job", Job)
