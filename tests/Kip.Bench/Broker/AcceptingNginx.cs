using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Kip.Bench.Broker;

/// <summary>The fastest subscriber there is: an nginx that answers 202 to everything.</summary>
internal sealed class AcceptingNginx : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private AcceptingNginx(Process process, string folder, Uri address) => (_process, _folder, Address) = (process, folder, address);

    public Uri Address { get; }

    public static async Task<AcceptingNginx> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("kip-bench-nginx-").FullName;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nginx.conf"),
            $$"""
            user root;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { worker_connections 4096; }
            http {
              access_log off;
              client_body_temp_path {{folder}};
              client_max_body_size 10m;
              keepalive_requests 100000000;
              server { listen 127.0.0.1:{{port}} backlog=4096; location / { return 202; } }
            }
            """);
        var nginx = File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
        var made = new AcceptingNginx(Process.Start(nginx, ["-p", folder, "-c", "nginx.conf", "-g", "daemon off;"]), folder, new Uri($"http://127.0.0.1:{port}/"));
        await made.AnswersAsync(port);
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("/bin/kill", ["-TERM", _process.Id.ToString()])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

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
