"""A thousand tenants in one service: what it needs in memory while their histories grow."""

import mix
from programs import Service

TENANT_COUNT = 1_000


def of_tenant(line, tenant):
    return line.replace(f'"tenant":"{mix.TENANT}"', f'"tenant":"t{tenant}"')


def measure(bench):
    """Lives of refunds, in turns of each tenant, as many as make the longest history to read."""
    tenant_count = TENANT_COUNT // (10 if bench.quick else 1)
    registrations = bench.path()
    registrations.write_text("".join(
        f'{{"id":"register","tenant":"t{tenant}","type":"RegisterTenant","data":{{"name":"T",'
        f'"currency":"GBP","timeZone":"Europe/London"}}}}\n' for tenant in range(tenant_count)))
    # A tenth at a time, so that the file of commands stays small.
    life_count = bench.event_count_max // mix.LIFE_EVENT_COUNT // 10
    service = Service(bench.path())
    with service:
        service.load(registrations, 1, 100)
        for _ in range(10):
            path = bench.path()
            with open(path, "w", encoding="utf-8") as file:
                for index in range(life_count):
                    for line in mix.lives(f"{path.name}-{index}", 1):
                        file.write(of_tenant(line, index % tenant_count) + "\n")
            service.load(path, 4, 500)
            path.unlink()
        memory = service.memory_high_water_mark()
    bench.table.add(
        f"memory with {tenant_count:,} tenants and {bench.event_count_max:,} events", memory / 1e6,
        "MB", target="< 300 MB", is_met=memory < 300e6)
