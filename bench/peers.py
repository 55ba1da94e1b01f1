#!/usr/bin/env python3
"""Gatehouse beside nginx and Apache httpd: the same work, the same machine, the same run.

Starts each server on a free loopback port, loads it with wrk (keep-alive, 32 connections, 2 threads), takes turns
between the servers round by round, and prints requests per second and the ratios that bench/README.md quotes.
Needs: nginx, apache2, htpasswd, wrk; `./gatehouse` built.  Usage: bench/peers.py [--seconds 5] [--rounds 3] [--only NAME ...]
"""
import argparse, json, os, pathlib, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.request, urllib.error, base64, random

ROOT = pathlib.Path(__file__).resolve().parent.parent
USER, PASSWORD = "alice", "correct horse"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait(port, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as s:
            s.settimeout(0.5)
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port} after {seconds} s")


def status(url, headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def ranges(count):
    """Ranges that don't hold 127.0.0.1, the same in every run."""
    rng, seen = random.Random(7), []
    for _ in range(count):
        seen.append(f"{rng.randint(1, 126)}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.0/24")
    return sorted(set(seen))


class Bench:
    def __init__(self, work):
        self.work, self.started = work, []
        site = work / "site"
        for folder in ("public", "apr1", "bcrypt", "ranges", "denied", "account"):
            (site / folder).mkdir(parents=True)
            (site / folder / "file.txt").write_text("x" * 1024)
        for name, kind in (("apr1", ["-m"]), ("bcrypt", ["-B", "-C", "10"])):
            subprocess.run(["htpasswd", "-c", "-b", *kind, work / f"{name}.htpasswd", USER, PASSWORD], check=True, capture_output=True)
        self.site, self.ranges = site, ranges(10_000)
        for path in [work, *work.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)

    def start(self, *command, port, env=None):
        log = open(self.work / "servers.log", "ab")
        self.started.append(subprocess.Popen([str(c) for c in command], stdout=log, stderr=log, env={**os.environ, **(env or {})}, start_new_session=True))
        wait(port)
        return self.started[-1]

    def stop(self):
        for process in reversed(self.started):
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def nginx(self, upstream):
        port, conf = free_port(), self.work / "nginx.conf"
        deny = "".join(f"deny {r};" for r in self.ranges)
        basic = lambda kind: f'location /{kind}/ {{ auth_basic "bench"; auth_basic_user_file {self.work}/{kind}.htpasswd; }}'
        user = "user www-data;" if os.getuid() == 0 else ""
        conf.write_text(f"""{user} worker_processes 2; pid {self.work}/nginx.pid; error_log {self.work}/nginx-error.log;
events {{ worker_connections 1024; }}
http {{ access_log {self.work}/nginx-access.log combined buffer=64k; keepalive_requests 100000000; sendfile on; open_file_cache max=1000; types {{ text/plain txt; }}
  client_body_temp_path {self.work}/t1; proxy_temp_path {self.work}/t2; fastcgi_temp_path {self.work}/t3; uwsgi_temp_path {self.work}/t4; scgi_temp_path {self.work}/t5;
  upstream back {{ server 127.0.0.1:{upstream}; keepalive 64; }}
  server {{ listen 127.0.0.1:{port}; root {self.site};
    location /ranges/ {{ {deny} allow all; }}
    location /denied/ {{ deny all; }}
    {basic("apr1")} {basic("bcrypt")}
    location /proxied/ {{ proxy_pass http://back/public/; proxy_http_version 1.1; proxy_set_header Connection ""; }} }} }}""")
        self.start("nginx", "-c", conf, "-g", "daemon off;", port=port)
        return port

    def apache(self, upstream):
        port, conf = free_port(), self.work / "apache.conf"
        modules = "mpm_event authn_core authn_file authz_core authz_user authz_host auth_basic mime proxy proxy_http alias dir log_config".split()
        load = "".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so\n" for m in modules if (pathlib.Path(f"/usr/lib/apache2/modules/mod_{m}.so")).exists())
        user = "User www-data\nGroup www-data\n" if os.getuid() == 0 else ""
        blocked = "\n".join(f"    Require not ip {' '.join(self.ranges[i:i + 200])}" for i in range(0, len(self.ranges), 200))
        basic = "".join(f'<Location /{k}>\nAuthType Basic\nAuthName bench\nAuthUserFile {self.work}/{k}.htpasswd\nRequire valid-user\n</Location>\n' for k in ("apr1", "bcrypt"))
        conf.write_text(f"""{load}{user}ServerRoot {self.work}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {self.work}/apache.pid
ErrorLog {self.work}/apache-error.log
LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
CustomLog {self.work}/apache-access.log common
BufferedLogs On
MaxKeepAliveRequests 0
TypesConfig /etc/mime.types
DocumentRoot {self.site}
<Directory {self.site}>
AllowOverride None
Require all granted
</Directory>
{basic}
<Location /ranges>
  <RequireAll>
    Require all granted
{blocked}
  </RequireAll>
</Location>
<Location /denied>
Require all denied
</Location>
ProxyPass /proxied/ http://127.0.0.1:{upstream}/public/
""")
        self.start("apache2", "-f", conf, "-DFOREGROUND", port=port)
        return port

    def gatehouse(self, name, text, port=None):
        port = port or free_port()
        folder = self.work / f"gatehouse-{name}"
        folder.mkdir()
        (folder / "gatehouse.yaml").write_text(f"listen: http://127.0.0.1:{port}\n" + text)
        process = self.start(ROOT / "gatehouse", "serve", "--config", folder / "gatehouse.yaml", port=port)
        return port, folder, process


def wrk(url, headers, seconds):
    command = ["wrk", "-t2", "-c32", f"-d{seconds}s", url]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])


def resident_mb(process):
    """The resident set of the process group's largest member, in MB."""
    best = 0
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getpgid(int(entry.name)) == process.pid:
                best = max(best, int(re.search(r"VmRSS:\s+(\d+)", (entry / "status").read_text())[1]) / 1024)
        except (OSError, TypeError):
            pass
    return best


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", nargs="*")
    options.add_argument("--json", help="writes the figures to this file")
    chosen = options.parse_args()
    for program in ("nginx", "apache2", "htpasswd", "wrk"):
        if not shutil.which(program):
            sys.exit(f"{program} is missing: apt-get install nginx apache2 apache2-utils wrk")
    subprocess.run([ROOT / "gatehouse", "causes"], check=False, capture_output=True)  # builds what is not built
    bench = Bench(pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-bench-")))
    basic = {"Authorization": "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
    try:
        back = bench.nginx(1)
        os.rename(bench.work / "nginx.conf", bench.work / "back.conf")
        nginx, apache = bench.nginx(back), bench.apache(back)
        (bench.work / "ranges.txt").write_text("\n".join(bench.ranges))
        plain, folder, idle = bench.gatehouse("plain", f"site: {bench.site}\nrules:\n  /public/**: anyone\n  /denied/**: nobody\n")
        memory = resident_mb(idle)
        listed, _, _ = bench.gatehouse("ranges", f"site: {bench.site}\nrefuse:\n  - list {bench.work}/ranges.txt\nrules:\n  /ranges/**: anyone\n")
        users = {k: bench.gatehouse(k, f"site: {bench.site}\nsign-in:\n  users: {bench.work}/{k}.htpasswd\nrules:\n  /{k}/**: signed-in\n")[0] for k in ("apr1", "bcrypt")}
        proxied, _, _ = bench.gatehouse("proxy", f"upstream: http://127.0.0.1:{back}\nrules:\n  /public/**: anyone\n")
        account, cookie = session(bench)
        bare = free_port()
        yarp = ROOT / "bench/BareYarp/bin/Release/net10.0/BareYarp"
        subprocess.run(["dotnet", "build", ROOT / "bench/BareYarp", "-c", "Release", "-v", "quiet", "-nologo"], check=True, capture_output=True)
        bench.start(yarp, f"http://127.0.0.1:{bare}", f"http://127.0.0.1:{back}", port=bare)

        url = lambda port, path: f"http://127.0.0.1:{port}/{path}"
        work = {  # name: (status, headers, {server: url})
            "public file": (200, {}, {"gatehouse": url(plain, "public/file.txt"), "nginx": url(nginx, "public/file.txt"), "apache": url(apache, "public/file.txt")}),
            "always denied": (403, {}, {"gatehouse": url(plain, "denied/file.txt"), "nginx": url(nginx, "denied/file.txt"), "apache": url(apache, "denied/file.txt")}),
            "10,000 ranges": (200, {}, {"gatehouse": url(listed, "ranges/file.txt"), "nginx": url(nginx, "ranges/file.txt"), "apache": url(apache, "ranges/file.txt")}),
            "Basic, apr1": (200, basic, {"gatehouse": url(users["apr1"], "apr1/file.txt"), "nginx": url(nginx, "apr1/file.txt"), "apache": url(apache, "apr1/file.txt")}),
            "Basic, bcrypt 10": (200, basic, {"gatehouse": url(users["bcrypt"], "bcrypt/file.txt"), "nginx": url(nginx, "bcrypt/file.txt"), "apache": url(apache, "bcrypt/file.txt")}),
            "reverse proxy": (200, {}, {"gatehouse": url(proxied, "public/file.txt"), "nginx": url(nginx, "proxied/file.txt"), "apache": url(apache, "proxied/file.txt"), "bare YARP": url(bare, "public/file.txt")}),
        }
        if cookie:
            work["session cookie"] = (200, {"Cookie": cookie}, {"gatehouse": url(account, "account/file.txt"), "nginx (public file)": url(nginx, "public/file.txt")})
        figures = {}
        for name, (expected, headers, servers) in work.items():
            if chosen.only and name not in chosen.only:
                continue
            for server, target in servers.items():
                answered = status(target, headers)
                if answered != expected:
                    sys.exit(f"{server} answers {answered} instead of {expected} for {name}: {target}")
            rounds = {server: [] for server in servers}
            for server, target in servers.items():
                wrk(target, headers, 2)  # warm
            for _ in range(chosen.rounds):
                for server, target in servers.items():
                    rounds[server].append(wrk(target, headers, chosen.seconds))
                    print(f"  {name}: {server} {rounds[server][-1]:,.0f}/s", file=sys.stderr)
            figures[name] = {server: statistics.median(values) for server, values in rounds.items()}
        print(f"| work | {'Gatehouse, requests/s'} | of nginx | of Apache | of bare YARP |\n|---|---|---|---|---|")
        for name, row in figures.items():
            ratio = lambda peer: next((f"{row['gatehouse'] / value:.2f}" for server, value in row.items() if server.startswith(peer)), "")
            print(f"| {name} | {row['gatehouse']:,.0f} | {ratio('nginx')} | {ratio('apache')} | {ratio('bare')} |")
        print(f"\nResident memory of the idle Guard: {memory:.0f} MB")
        if chosen.json:
            pathlib.Path(chosen.json).write_text(json.dumps({"requests_per_second": figures, "idle_mb": memory}, indent=2))
    finally:
        bench.stop()
        shutil.rmtree(bench.work, ignore_errors=True)


def session(bench):
    """A Guard with one account, signed in through its form: its port and the session cookie."""
    port = free_port()
    folder = bench.work / "gatehouse-session"
    folder.mkdir()
    config = folder / "gatehouse.yaml"
    config.write_text(f"listen: http://127.0.0.1:{port}\nsite: {bench.site}\nsign-in:\n  users: gatehouse.db\n  sessions: {{ idle: 30m, absolute: 12h }}\nrules:\n  /account/**: signed-in\n")
    subprocess.run([ROOT / "gatehouse", "user", "add", USER, "--password-stdin", "--config", config], input=PASSWORD, text=True, check=True, capture_output=True)
    bench.start(ROOT / "gatehouse", "serve", "--config", config, port=port)
    jar = folder / "jar"
    page = subprocess.run(["curl", "-s", "-c", jar, "-H", "Accept: text/html", "-H", "Sec-Fetch-Mode: navigate", f"http://127.0.0.1:{port}/account/file.txt"], capture_output=True, text=True).stdout
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    action = re.search(r'<form[^>]*action="([^"]+)"', page)
    if not action:
        sys.exit("the 401 brought no sign-in form")
    data = [word for k, v in {**fields, "username": USER, "password": PASSWORD}.items() for word in ("--data-urlencode", f"{k}={v}")]
    subprocess.run(["curl", "-s", "-o", "/dev/null", "-b", jar, "-c", jar, "-H", f"Origin: http://127.0.0.1:{port}", *data, f"http://127.0.0.1:{port}{action[1]}"], check=True)
    cookies = [line.split("\t") for line in jar.read_text().splitlines() if line.count("\t") == 6]
    return port, "; ".join(f"{c[5]}={c[6]}" for c in cookies)


if __name__ == "__main__":
    main()
