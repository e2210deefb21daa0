"""Creating an account, through the form."""

async def test_form_opens(browser) -> None:
    page = await browser().ask("GET", "/signin")
    print(page.status, page.text, dict(page.headers))
    a = browser()
    x = await a.sign_up("alice")
    print(x.status, x.text, x.headers)
    x = await a.ask("GET", "/")
    print(x.status, x.text[:3000])
    x = await a.sign_out()
    print(x.status, x.headers)
