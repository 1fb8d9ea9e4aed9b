"""What is remembered, and for how long."""

import asyncio

from avoir.faces.memory import Memory


class Shelf:
    """Something to read, slowly; it counts how often it was read."""

    def __init__(self, says):
        self.says, self.read_times, self.open = says, 0, asyncio.Event()

    async def read(self):
        self.read_times += 1
        said = self.says
        await self.open.wait()
        return said


def test_many_who_want_to_know_the_same_ask_once():
    async def several():
        memory, shelf = Memory(60), Shelf("yes")
        asked = [asyncio.ensure_future(memory.learn("it", shelf.read)) for _ in range(5)]
        await asyncio.sleep(0)
        asked[0].cancel()  # Who asked first hangs up.
        shelf.open.set()
        assert [await each for each in asked[1:]] == ["yes"] * 4
        return shelf.read_times, memory.get("it")

    assert asyncio.run(several()) == (1, "yes")


def test_what_was_asked_before_something_changed_is_not_remembered():
    async def changing():
        memory, shelf = Memory(60), Shelf("old")
        before = asyncio.ensure_future(memory.learn("it", shelf.read))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        shelf.says = "new"
        memory.forget()
        after = asyncio.ensure_future(memory.learn("it", shelf.read))
        await asyncio.sleep(0)
        shelf.open.set()
        return await before, await after, memory.get("it")

    assert asyncio.run(changing()) == ("old", "new", "new")


def test_nothing_is_not_remembered_and_all_is_forgotten_in_time():
    async def short():
        memory, nothing, shelf = Memory(0), Shelf(None), Shelf("yes")
        nothing.open.set()
        shelf.open.set()
        assert await memory.learn("nothing", nothing.read) is None
        assert await memory.learn("nothing", nothing.read) is None
        assert await memory.learn("it", shelf.read) == "yes"
        return nothing.read_times, memory.get("it")

    assert asyncio.run(short()) == (2, None)


def test_trouble_is_told_to_all_who_asked_and_not_remembered():
    async def broken():
        raise OSError

    async def asking():
        memory = Memory(60)
        told = await asyncio.gather(*(memory.learn("it", broken) for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in told] == [OSError] * 3
        return memory.get("it")

    assert asyncio.run(asking()) is None
