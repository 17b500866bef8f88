"""A DNS forwarder that misbehaves on purpose.

fault   in front of an authoritative server: SERVFAIL, REFUSED or silence for chosen names and types
plain   in front of the resolver: a resolver that knows nothing of DNSSEC (no EDNS, no signatures)
modest  in front of the resolver: one that validates nothing, so never sets AD
lying   in front of the resolver: answers every TLSA question itself, unsigned, with AD set
"""

import asyncio
import json
import struct
import sys

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "AAAA": 28, "TLSA": 52}
RCODES = {"servfail": 2, "refused": 5}
OPT, ANSWER_LIMIT_S = 41, 20
AUTHENTIC = 0x20  # the AD bit in the fourth octet


def question(message):
    """(name, type, end of the question section)"""
    at, labels = 12, []
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode("latin-1").lower())
        at += message[at] + 1
    return ".".join(labels), struct.unpack(">H", message[at + 1:at + 3])[0], at + 5


def bare(message, end, rcode, authentic=False, answers=b"", count=0):
    flags = 0x8180 | rcode | (0x20 if authentic else 0)
    return message[:2] + struct.pack(">HHHHH", flags, 1, count, 0, 0) + message[12:end] + answers


def without_edns(message):
    """The query as a resolver of 1998 would send it on: no OPT, so no DO; AD and CD cleared."""
    _, _, end = question(message)
    flags = struct.unpack(">H", message[2:4])[0] & ~0x0030
    return message[:2] + struct.pack(">HHHHH", flags, 1, 0, 0, 0) + message[12:end]


class Listener:
    def __init__(self, entry, faults):
        self.mode, self.upstream = entry["mode"], tuple(entry["upstream"])
        self.faults = {(name.lower(), TYPES.get(kind)): what for name, kind, what in faults}

    async def answer(self, message, over_tcp):
        name, kind, end = question(message)
        if self.mode == "plain":
            return await self.forward(without_edns(message), over_tcp)
        if self.mode == "modest":
            reply = await self.forward(message, over_tcp)
            return reply and reply[:3] + bytes([reply[3] & ~AUTHENTIC]) + reply[4:]
        if self.mode == "lying" and kind == TYPES["TLSA"]:
            rdata = b"\x03\x01\x01" + b"\xee" * 32
            return bare(message, end, 0, True, b"\xc0\x0c" + struct.pack(">HHIH", 52, 1, 60, 35) + rdata, 1)
        if self.mode == "fault":
            what = self.faults.get((name, kind)) or self.faults.get((name, None))
            if what == "silent":
                return None
            if what:
                return bare(message, end, RCODES[what])
        return await self.forward(message, over_tcp)

    async def forward(self, message, over_tcp):
        try:
            return await asyncio.wait_for((forward_tcp if over_tcp else forward_udp)(message, self.upstream),
                                          ANSWER_LIMIT_S)
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            return None


class OneAnswer(asyncio.DatagramProtocol):
    def __init__(self):
        self.reply = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, _):
        if not self.reply.done():
            self.reply.set_result(data)

    def error_received(self, error):
        if not self.reply.done():
            self.reply.set_exception(error)


async def forward_udp(message, upstream):
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        OneAnswer, remote_addr=upstream)
    try:
        transport.sendto(message)
        return await protocol.reply
    finally:
        transport.close()


async def forward_tcp(message, upstream):
    reader, writer = await asyncio.open_connection(*upstream)
    try:
        writer.write(struct.pack(">H", len(message)) + message)
        return await reader.readexactly(struct.unpack(">H", await reader.readexactly(2))[0])
    finally:
        writer.close()


class Udp(asyncio.DatagramProtocol):
    def __init__(self, listener):
        self.listener, self.tasks = listener, set()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, sender):
        task = asyncio.ensure_future(self.reply(data, sender))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def reply(self, data, sender):
        answer = await self.listener.answer(data, False)
        if answer is not None:
            self.transport.sendto(answer, sender)


def tcp(listener):
    async def serve(reader, writer):
        try:
            while True:
                size = struct.unpack(">H", await reader.readexactly(2))[0]
                answer = await listener.answer(await reader.readexactly(size), True)
                if answer is not None:
                    writer.write(struct.pack(">H", len(answer)) + answer)
                    await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
    return serve


async def main(config):
    loop = asyncio.get_running_loop()
    for entry in config["listeners"]:
        listener = Listener(entry, config["faults"])
        place = (config["address"], entry["port"])
        await loop.create_datagram_endpoint(lambda listener=listener: Udp(listener), local_addr=place)
        await asyncio.start_server(tcp(listener), *place)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        asyncio.run(main(json.load(file)))
