using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Kip.Testing.Traffic;

namespace Kip.Bench;

/// <summary>A real nginx with one purpose and no access log.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Nginx(Process process, string folder, Uri address) => (_process, _folder, Address) = (process, folder, address);

    public Uri Address { get; }

    /// <summary>One that proxies to a port with the usual settings for speed: keep-alive both ways.</summary>
    public static Task<Nginx> ProxyingAsync(int upstreamPort) => StartAsync(
        workers: 2,
        $"upstream application {{ server 127.0.0.1:{upstreamPort}; keepalive 256; keepalive_requests 1000000; }}",
        """
        proxy_pass http://application;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $host;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $scheme;
        """);

    /// <summary>The fastest subscriber there is: one that answers 202 to everything.</summary>
    public static Task<Nginx> AcceptingAsync() => StartAsync(workers: 1, "client_max_body_size 10m;", "return 202;");

    private static async Task<Nginx> StartAsync(int workers, string settings, string location)
    {
        var folder = Directory.CreateTempSubdirectory("kip-bench-nginx-").FullName;
        var port = FreePort.Find();
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), Configuration(folder, port, workers, settings, location));
        var nginx = File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
        var process = Process.Start(nginx, ["-p", folder, "-c", "nginx.conf", "-g", "daemon off;"]);
        var made = new Nginx(process, folder, new Uri($"http://127.0.0.1:{port}/"));
        await made.AnswersAsync(port);
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        // The master ends its workers when it is asked to.
        using (var kill = Process.Start("/bin/kill", ["-TERM", _process.Id.ToString()])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Configuration(string folder, int port, int workers, string settings, string location) =>
        $$"""
        user root;
        worker_processes {{workers}};
        pid {{folder}}/nginx.pid;
        error_log {{folder}}/error.log;
        events { worker_connections 4096; }
        http {
          access_log off;
          client_body_temp_path {{folder}};
          proxy_temp_path {{folder}};
          keepalive_requests 100000000;
          {{settings}}
          server {
            listen 127.0.0.1:{{port}} backlog=4096;
            location / {
              {{location}}
            }
          }
        }
        """;

    // nginx says nowhere that it listens; the connection that succeeds is the event.
    private async Task AnswersAsync(int port)
    {
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"nginx ended with {_process.ExitCode}; see {_folder}/error.log");
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(10);
            }
        }
    }
}
