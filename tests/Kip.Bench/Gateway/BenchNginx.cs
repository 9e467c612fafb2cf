using System.Diagnostics;

namespace Kip.Bench.Gateway;

/// <summary>nginx as a peer: two workers, connections to the application kept open, nothing logged.</summary>
internal sealed class BenchNginx : IDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    public BenchNginx(int port, int appPort)
    {
        _folder = Directory.CreateTempSubdirectory("kip-bench-nginx");
        var config = Path.Combine(_folder.FullName, "nginx.conf");
        File.WriteAllText(config, Config(port, appPort));
        _process = Process.Start("nginx", ["-p", _folder.FullName, "-c", config, "-e", "stderr"]);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Config(int port, int appPort) => $$"""
        daemon off;
        worker_processes 2;
        pid nginx.pid;
        error_log stderr crit;
        events { worker_connections 4096; multi_accept on; }
        http {
          access_log off;
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          keepalive_requests 100000000;
          upstream app { server 127.0.0.1:{{appPort}}; keepalive 512; keepalive_requests 100000000; }
          server {
            listen 127.0.0.1:{{port}} backlog=4096;
            location / {
              proxy_pass http://app;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $host;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $scheme;
            }
          }
        }
        """;
}
