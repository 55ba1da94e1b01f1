using Gatehouse.Server.Commands;

return await ServerCommands.RunAsync(args);
