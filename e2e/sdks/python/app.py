"""Works and allocates under labels, and pushes by Pyroscope's Python SDK. Arguments: server, name of the program, more tags."""

import logging
import sys
import threading
import time

import pyroscope

logging.basicConfig(level=logging.INFO)


def busy(seconds):
    end, total = time.time() + seconds, 0
    while time.time() < end:
        total += sum(range(1000))
    return total


def pay():
    busy(0.03)


def look():
    busy(0.01)


def keep(kept):
    kept.append([object() for _ in range(5_000)])


def background():
    pyroscope.add_thread_tag("part", "background")
    for _ in range(100):
        busy(0.02)
        time.sleep(0.05)


pyroscope.configure(
    application_name=sys.argv[2],
    server_address=sys.argv[1],
    tags={"region": "eu", "host.name": "böx"} | dict(tag.split("=") for tag in sys.argv[3:]),
    upload_interval=4,
    sample_rate=100,
    oncpu=True,
    gil_only=True,
    report_thread_name=True,
    mem_enabled=True,
    mem_heap_sample_size=64 * 1024,
    enable_logging=True,
)
thread = threading.Thread(target=background, name="background")
thread.start()
kept = []
end = time.time() + 14
while time.time() < end:
    pyroscope.add_thread_tag("endpoint", "/buy")
    pay()
    keep(kept)
    pyroscope.remove_thread_tag("endpoint", "/buy")
    with_tag = {"endpoint": "/look"}
    for name, value in with_tag.items():
        pyroscope.add_thread_tag(name, value)
    look()
    for name, value in with_tag.items():
        pyroscope.remove_thread_tag(name, value)
thread.join()
pyroscope.shutdown()
print("done", len(kept))
