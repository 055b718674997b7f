-- The shop's tables, the same on every shard. The comments say how the demo's file
-- (examples/shop/terrace.yaml) spreads them; PostgreSQL itself knows nothing of it.

-- everywhere: every shard holds all products, so an order can be joined with its product anywhere.
CREATE TABLE products (
    id          bigint PRIMARY KEY,
    name        text NOT NULL,
    price_cents int NOT NULL,
    description text NOT NULL,
    stock       int NOT NULL,
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- hash(id)
CREATE TABLE users (
    id         bigint PRIMARY KEY,
    name       text NOT NULL,
    email      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- hash(user_id): beside its user. The shop chooses the ids: a sequence would be one per shard.
CREATE TABLE orders (
    id          bigint NOT NULL,
    user_id     bigint NOT NULL,
    product_id  bigint NOT NULL,
    quantity    int NOT NULL,
    price_cents int NOT NULL,
    status      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, id)
);

-- hash(user_id); items maps product ids to quantities: {"42": 1}
CREATE TABLE carts (
    user_id    bigint PRIMARY KEY,
    items      jsonb NOT NULL DEFAULT '{}',
    note       text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- range(day), split at 2026-01-01 and 2026-07-01
CREATE TABLE events (
    day     date NOT NULL,
    user_id bigint NOT NULL,
    kind    text NOT NULL
);

CREATE INDEX events_day ON events (day);
