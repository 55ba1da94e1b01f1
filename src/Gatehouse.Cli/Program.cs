return await Gatehouse.Cli.Commands.CommandList.RunAsync(args);
