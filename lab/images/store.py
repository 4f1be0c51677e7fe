"""The database behind the stand-in of the control plane: read from the environment as the product does, PostgreSQL by psycopg2."""
import hashlib
import os
import secrets
import sys

import psycopg2
import psycopg2.extras

REVISION = "8a3fb1c2d901"

CONTROL_PLANE = [
    """create table if not exists account (id uuid primary key default gen_random_uuid(), username text not null unique,
    password_hash text, is_superuser boolean not null default false, is_active boolean not null default true,
    password_expired boolean not null default true, reserved boolean not null default false, created timestamptz not null default now())""",
    """create table if not exists organization (id uuid primary key default gen_random_uuid(), name text not null unique,
    owner_id uuid references account(id), created timestamptz not null default now())""",
    """create table if not exists role (id uuid primary key default gen_random_uuid(), organization_id uuid not null references
    organization(id) on delete cascade, name text not null, level text not null, unique (organization_id, name))""",
    """create table if not exists role_assignment (role_id uuid not null references role(id) on delete cascade,
    account_id uuid not null references account(id) on delete cascade, primary key (role_id, account_id))""",
    """create table if not exists workspace (id uuid primary key default gen_random_uuid(), organization_id uuid not null references
    organization(id) on delete cascade, name text not null, status text not null default 'not_initialized',
    enrollment_key_hash text not null, version text, server_url text, created timestamptz not null default now(), unique (organization_id, name))""",
    "create table if not exists token (hash text primary key, kind text not null, sub uuid not null, created timestamptz not null default now())",
]


def settings():
    """Arguments of psycopg2.connect from the environment. The product cannot start without a database either."""
    env = os.environ
    if not env.get("ZENML_CLOUD_DATABASE_HOST"):
        sys.exit("pydantic_core.ValidationError: 1 validation error for ServerConfiguration: database: Field required")
    if env.get("ZENML_CLOUD_DATABASE_TYPE", "postgres") != "postgres":
        sys.exit("RuntimeError: This stand-in of the control plane has no driver but PostgreSQL's.")
    return {
        "host": env["ZENML_CLOUD_DATABASE_HOST"],
        "port": int(env.get("ZENML_CLOUD_DATABASE_PORT", "5432")),
        "user": env.get("ZENML_CLOUD_DATABASE_USERNAME", ""),
        "password": env.get("ZENML_CLOUD_DATABASE_PASSWORD", ""),
        "dbname": env.get("ZENML_CLOUD_DATABASE_NAME", ""),
    }


def connect():
    """A connection that commits each statement; rows are dictionaries. Raises psycopg2.OperationalError."""
    connection = psycopg2.connect(connect_timeout=5, **settings())
    connection.autocommit = True
    return connection


def rows(connection, statement, arguments=()):
    """Runs one statement and hands back its rows."""
    with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute(statement, arguments)
        return [dict(row) for row in cursor.fetchall()] if cursor.description else []


def migrate(tables):
    """Makes the tables once; repeatable, and safe when several pods do it at the same moment."""
    print("INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.", flush=True)
    connection = connect()
    connection.autocommit = False
    rows(connection, "select pg_advisory_xact_lock(715803424)")
    for statement in tables:
        rows(connection, statement)
    rows(connection, "create table if not exists alembic_version (version_num varchar(32) primary key)")
    rows(connection, "insert into alembic_version values (%s) on conflict do nothing", (REVISION,))
    connection.commit()
    connection.close()
    print("Database migration finished.", flush=True)


def migrated():
    """True when the database holds the tables of this revision."""
    connection = connect()
    try:
        if rows(connection, "select to_regclass('alembic_version') as name")[0]["name"] is None:
            return False
        return bool(rows(connection, "select 1 from alembic_version where version_num = %s", (REVISION,)))
    finally:
        connection.close()


def digest(text):
    """SHA-256 of a random secret, hex: keys and tokens are stored only so."""
    return hashlib.sha256(text.encode()).hexdigest()


def password_hash(password, salt=None):
    """A salted scrypt hash of a password."""
    salt = salt or secrets.token_hex(16)
    return f"{salt}:{hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=16384, r=8, p=1, dklen=32).hex()}"
