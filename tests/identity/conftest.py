"""What tests of identity share: certificates for loopback, made once."""

import pytest

from demo.certificates import ServerTls, make_server_tls


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ServerTls:
    return make_server_tls(tmp_path_factory.mktemp("tls"))
