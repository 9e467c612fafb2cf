using Kip.Host.CommandLine;

return await KipCommandLine.RunAsync(args, Console.Out, Console.Error);
