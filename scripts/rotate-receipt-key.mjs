// A new key for receipts in DATA_DIR; the old one stays published. Run `npm run build` first, and start every process again.
import 'reflect-metadata';
import { ConfigError, readConfig } from '../dist/src/config.js';
import { ReceiptKeys } from '../dist/src/receipts/receipt-keys.js';

try {
  const { kid } = await ReceiptKeys.rotate(readConfig().dataDir);
  console.log(
    `新密钥 ${kid}：请备份密钥文件并重新启动服务。 New key ${kid}: back up the key file and start the service again.`,
  );
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
