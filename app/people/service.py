"""What people set about themselves, and admins about the chat and who is in it. Owns the transactions."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncEngine

from app.audit.recording import record
from app.auth import User
from app.auth.chat_settings import ChatSettings, keep_address
from app.auth.lookalikes import check_name, mark_namesakes
from app.auth.names import login_key
from app.auth.service import Accounts
from app.base.errors import NotFound
from app.base.folding import person_key
from app.base.log_fields import fields
from app.base.secrets import digest, new_token
from app.base.skeleton import skeleton
from app.chat.memberships.following import Following
from app.db.driver.engine import autocommit
from app.db.tables.sorting import person_sort_key
from app.people import queries
from app.people.changing import change
from app.people.forms import Looks, NewInvitation
from app.web.origins import is_loopback, origin_in

log = logging.getLogger(__name__)

PAGE = 50


@dataclass(frozen=True)
class Listing:
    """A page of people by name; `next_after` is the id to go on from, if there are more."""

    people: Sequence[queries.AnyRow]
    next_after: int | None


class People:
    """One a process. The view has checked that an `admin` is one; what must not race is judged again here."""

    def __init__(self, engine: AsyncEngine, accounts: Accounts, following: Following) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._accounts, self._following = accounts, following

    async def list(self, reader: User, wanted: str, after: int | None) -> Listing:
        """People by name; accounts that are switched off are listed for admins alone."""
        async with self._autocommit.connect() as conn:
            found = await queries.people(conn, wanted, after, PAGE + 1, with_disabled=reader.role == "admin")
        return Listing(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)

    async def person(self, login: str) -> queries.AnyRow:
        """The person with a login, also one whose account is switched off: their messages stay.

        Raises:
            NotFound
        """
        async with self._autocommit.connect() as conn:
            found = await queries.person(conn, login_key(login))
        if found is None:
            raise NotFound("Nobody here has this login.")
        return found

    async def set_looks(self, user: User, looks: Looks) -> None:
        """Give a person another name and colour; others see them with the next page that they open.

        Raises:
            BadForm: the name passes for an administrator's.
        """
        async with self._transactions.begin() as conn:
            await check_name(conn, user.id, looks.name)
            before = await queries.name_of(conn, user.id)
            named = {"display_name": looks.name, "search_key": person_key(looks.name, user.login)}
            named |= {"name_skeleton": skeleton(looks.name), "sort_key": person_sort_key(looks.name)}
            await queries.update_person(conn, user.id, hue=looks.hue, **named)
            await mark_namesakes(conn, before, looks.name)
        log.info("changed looks", extra=fields(user=user.id))

    async def set_avatar(self, user: User, avatar_id: int | None) -> int | None:
        """Give a person another picture, or letters again; the picture that they had, for nobody else may have it."""
        async with self._transactions.begin() as conn:
            before = await queries.lock_avatar(conn, user.id)
            await queries.update_person(conn, user.id, avatar_id=avatar_id)
        log.info("changed avatar", extra=fields(user=user.id, avatar=avatar_id or "letters"))
        return before

    async def is_avatar(self, avatar_id: int) -> bool:
        """Whether somebody has this picture."""
        async with self._autocommit.connect() as conn:
            return await queries.is_avatar(conn, avatar_id)

    # Admins about others

    async def set_role(self, admin: User, login: str, role: str) -> None:
        """Make someone an admin, or a member.

        Raises:
            NotAdmin, NotFound
            LastAdmin: nobody would be left.
        """
        target = await self._update(admin, login, "role", removes_admin=role != "admin", role=role)
        log.info("role changed", extra=fields(user=target, role=role, by=admin.id))

    async def disable(self, admin: User, login: str) -> None:
        """Switch an account off, and end its sessions at once. Raises as `set_role` does."""
        target = await self._update(admin, login, "disabled", removes_admin=True, disabled_at=func.clock_timestamp())
        log.info("account disabled", extra=fields(user=target, by=admin.id))
        await self._accounts.end_sessions(target)

    async def enable(self, admin: User, login: str) -> None:
        """Switch an account on again; its old sessions stay ended. Raises as `set_role` does."""
        target = await self._update(admin, login, "enabled", removes_admin=False, disabled_at=None)
        await self._accounts.end_sessions(target)
        log.info("account enabled", extra=fields(user=target, by=admin.id))

    async def _update(self, admin: User, login: str, action: str, *, removes_admin: bool, **values: object) -> int:
        """Set these columns of someone's row; returns their id. Raises as `change` does."""
        async with self._transactions.begin() as conn:
            target = await change(conn, admin.id, login, action, removes_admin=removes_admin, **values)
        self._following.ring()
        return target

    # Admins about this chat

    async def set_up(self, admin: User, settings: ChatSettings) -> None:
        """Save the chat settings; that ends the welcome, too."""
        async with self._transactions.begin() as conn:
            await queries.update_chat_settings(conn, name=settings.name, open_sign_up=settings.open_sign_up)
            door = "open to all" if settings.open_sign_up else "by invitation"
            await record(conn, admin.id, "chat", detail=f"{settings.name}, {door}")
        log.info("chat set up", extra=fields(by=admin.id, name=settings.name, open_sign_up=settings.open_sign_up))

    async def leave_as_it_is(self) -> None:
        """End the welcome, with the chat settings as they are."""
        async with self._autocommit.connect() as conn:
            await queries.update_chat_settings(conn)

    async def keep_address(self, origin: str) -> None:
        """Keep the address by which an admin comes, where the chat has none."""
        async with self._autocommit.connect() as conn:
            await keep_address(conn, origin)

    async def set_address(self, admin: User, address: str) -> None:
        """Let all links begin with another address."""
        async with self._transactions.begin() as conn:
            await queries.update_chat_settings(conn, address=address)
            await record(conn, admin.id, "chat", detail=f"links begin with {address}")
        log.info("address chosen", extra=fields(by=admin.id, address=address))

    async def other_addresses(self, address: str) -> Sequence[str]:
        """The addresses by which people are logged in beside this one; loopback is none."""
        async with self._autocommit.connect() as conn:
            origins = await queries.origins_of_sessions(conn)
        return [origin for origin in origins if origin_in(origin) not in (None, address) and not is_loopback(origin)]

    async def invitations(self) -> Sequence[queries.AnyRow]:
        """The living ones, newest first."""
        async with self._autocommit.connect() as conn:
            return await queries.living_invitations(conn)

    async def invite(self, admin: User, new: NewInvitation) -> str:
        """Make an invitation; returns its token, of which only a digest is stored."""
        token = new_token()
        async with self._transactions.begin() as conn:
            lifetime = timedelta(days=new.days)
            made = await queries.create_invitation(conn, digest(token), admin.id, lifetime, new.max_uses)
            await queries.update_chat_settings(conn)
            await record(conn, admin.id, "invited", detail=f"number {made}, for {new.days} days")
        log.info(
            "invitation made", extra=fields(invitation=made, by=admin.id, days=new.days, max_uses=new.max_uses or "any")
        )
        return token

    async def revoke_invitation(self, admin: User, invitation_id: int) -> None:
        """End an invitation; one that has ended already stays so."""
        async with self._transactions.begin() as conn:
            if await queries.revoke_invitation(conn, invitation_id):
                await record(conn, admin.id, "invitation_revoked", detail=f"number {invitation_id}")
                log.info("invitation revoked", extra=fields(invitation=invitation_id, by=admin.id))
